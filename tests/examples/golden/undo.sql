-- Undoes the uc_guard plan on the grants 9e62b99ea20e5ab1f5881d4debc45fbd.

-- Give what is needed, so that nothing is missing while the rest is taken.

-- gives back what the plan revoked
GRANT USE CATALOG ON CATALOG `staging` TO `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- gives back what the plan revoked
GRANT ALL PRIVILEGES ON SCHEMA `staging`.`scratch` TO `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- gives back what the plan revoked
GRANT MODIFY, SELECT, USE SCHEMA ON SCHEMA `staging`.`feeds` TO `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- gives back what the plan revoked
GRANT ALL PRIVILEGES ON SCHEMA `retail`.`support` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- gives back what the plan revoked
GRANT SELECT ON SCHEMA `retail`.`inventory` TO `bb4ce35b-acc0-56d4-b117-a67b7b329673`;

-- gives back what the plan revoked
GRANT SELECT ON SCHEMA `retail`.`customers` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- gives back what the plan revoked
GRANT SELECT ON SCHEMA `retail`.`sales` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- gives back what the plan revoked
GRANT CREATE TABLE ON SCHEMA `retail`.`reporting` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- gives back what the plan revoked
GRANT SELECT ON SCHEMA `retail`.`inventory` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- gives back what the plan revoked
GRANT EXECUTE ON SCHEMA `retail`.`finance` TO `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- gives back what the plan revoked
GRANT READ VOLUME, WRITE VOLUME ON VOLUME `staging`.`feeds`.`landing` TO `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- gives back what the plan revoked
GRANT CREATE EXTERNAL LOCATION ON METASTORE TO `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- gives back what the plan revoked
GRANT READ FILES, WRITE FILES ON EXTERNAL LOCATION `brightmart_landing` TO `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;

-- gives back what the plan revoked
GRANT SELECT ON TABLE `retail`.`reporting`.`margin_report` TO `bb4ce35b-acc0-56d4-b117-a67b7b329673`;

-- gives back what the plan revoked
GRANT SELECT ON TABLE `retail`.`sales`.`returns` TO `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- Take what is not needed, where a GRANT follows on the same securable, run both together.

-- takes back what the plan granted
REVOKE USE SCHEMA ON SCHEMA `retail`.`support` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`inventory`.`products` FROM `bb4ce35b-acc0-56d4-b117-a67b7b329673`;

-- takes back what the plan granted
REVOKE MODIFY, SELECT ON TABLE `retail`.`support`.`tickets` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`support`.`sla` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- takes back what the plan granted
REVOKE MODIFY, SELECT ON TABLE `retail`.`support`.`messages` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`support`.`macros` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`customers`.`customers` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`sales`.`stores` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`sales`.`orders` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`sales`.`order_items` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- takes back what the plan granted
REVOKE SELECT ON TABLE `retail`.`inventory`.`products` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;

-- takes back what the plan granted
REVOKE EXECUTE ON FUNCTION `retail`.`finance`.`to_eur` FROM `85a32b4c-4ca8-5d50-a134-d2d71943b6b4`;
