-- What the principal of the nightly run needs, and no more. `uc-guard doctor --for apply` prints what of it is missing.
-- Put its application id in the place of `uc-guard`.

-- To read the logs.
GRANT USE CATALOG ON CATALOG system TO `uc-guard`;
GRANT USE SCHEMA, SELECT ON SCHEMA system.query TO `uc-guard`;
GRANT USE SCHEMA, SELECT ON SCHEMA system.access TO `uc-guard`;

-- To read grants, filters, masks and policies of everything. It gives no data.
GRANT READ METADATA ON METASTORE TO `uc-guard`;

-- To change grants where it is to: one line for each catalog. MANAGE lets its holder grant anything to anybody, itself
-- included, so watch it: the audit log shows each change, and `uc-guard lint` tells of everybody who holds it.
GRANT MANAGE ON CATALOG main TO `uc-guard`;

-- To keep its state.
GRANT USE CATALOG ON CATALOG ops TO `uc-guard`;
GRANT USE SCHEMA ON SCHEMA ops.uc_guard TO `uc-guard`;
GRANT READ VOLUME, WRITE VOLUME ON VOLUME ops.uc_guard.state TO `uc-guard`;

-- And, outside Unity Catalog: CAN USE on the warehouse, and CAN VIEW on it to see the queries of others at once.
