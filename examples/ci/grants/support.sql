-- What the support agent may do. It answers questions about tickets, and reads who asked.
GRANT USE CATALOG ON CATALOG retail TO `support-agent`;
GRANT USE SCHEMA ON SCHEMA retail.support TO `support-agent`;
GRANT SELECT ON TABLE retail.support.tickets TO `support-agent`;

-- "just for the demo"
GRANT SELECT ON CATALOG retail TO `support-agent`;
GRANT MODIFY
  ON SCHEMA retail.support TO `support-agent`;
GRANT EXECUTE ON FUNCTION retail.support.close_ticket TO `account users`;

ALTER TABLE retail.customers.people ALTER COLUMN email DROP MASK;
