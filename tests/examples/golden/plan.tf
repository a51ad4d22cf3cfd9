# uc_guard plan, judged from 2026-09-01T07:13:51+00:00 to 2026-09-30T17:24:20.000001+00:00, on the grants 9e62b99ea20e5ab1f5881d4debc45fbd.
# Each block holds all that its principal has on its securable after the plan, and takes what else is there.
# It says nothing of other principals. The `import` blocks adopt what exists; they need Terraform 1.5.
# Look at `terraform plan`: it should change what is listed here, and destroy nothing.
# WARNING: nobody looked for `databricks_grants` of the same securables, which would undo this: `--declared DIR`

# gives EXECUTE
resource "databricks_grant" "function_retail_finance_to_eur_85a32b4c_4ca8_5d50_a134_d2d71943b_e3fa996d" {
  function   = "retail.finance.to_eur"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["EXECUTE"]
}

# gives SELECT
resource "databricks_grant" "table_retail_customers_customers_9a937403_1362_5f04_af37_3d0fb52_09e42cdd" {
  table      = "retail.customers.customers"
  principal  = "9a937403-1362-5f04-af37-3d0fb521d85c"
  privileges = ["SELECT"]
}

# gives SELECT
resource "databricks_grant" "table_retail_inventory_products_85a32b4c_4ca8_5d50_a134_d2d71943_f601904f" {
  table      = "retail.inventory.products"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["SELECT"]
}

# gives SELECT
resource "databricks_grant" "table_retail_inventory_products_bb4ce35b_acc0_56d4_b117_a67b7b32_3c732d62" {
  table      = "retail.inventory.products"
  principal  = "bb4ce35b-acc0-56d4-b117-a67b7b329673"
  privileges = ["SELECT"]
}

# gives SELECT
resource "databricks_grant" "table_retail_sales_order_items_85a32b4c_4ca8_5d50_a134_d2d71943b_80f00f35" {
  table      = "retail.sales.order_items"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["SELECT"]
}

# gives SELECT
resource "databricks_grant" "table_retail_sales_orders_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_9fbcafea" {
  table      = "retail.sales.orders"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["SELECT"]
}

# gives SELECT
resource "databricks_grant" "table_retail_sales_stores_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_39d4a81c" {
  table      = "retail.sales.stores"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["SELECT"]
}

# gives SELECT
resource "databricks_grant" "table_retail_support_macros_9a937403_1362_5f04_af37_3d0fb521d85c_f28c3ffc" {
  table      = "retail.support.macros"
  principal  = "9a937403-1362-5f04-af37-3d0fb521d85c"
  privileges = ["SELECT"]
}

# gives MODIFY, SELECT
resource "databricks_grant" "table_retail_support_messages_9a937403_1362_5f04_af37_3d0fb521d8_d8583751" {
  table      = "retail.support.messages"
  principal  = "9a937403-1362-5f04-af37-3d0fb521d85c"
  privileges = ["MODIFY", "SELECT"]
}

# gives SELECT
resource "databricks_grant" "table_retail_support_sla_9a937403_1362_5f04_af37_3d0fb521d85c_0297e7ef" {
  table      = "retail.support.sla"
  principal  = "9a937403-1362-5f04-af37-3d0fb521d85c"
  privileges = ["SELECT"]
}

# gives MODIFY, SELECT
resource "databricks_grant" "table_retail_support_tickets_9a937403_1362_5f04_af37_3d0fb521d85_28bddf45" {
  table      = "retail.support.tickets"
  principal  = "9a937403-1362-5f04-af37-3d0fb521d85c"
  privileges = ["MODIFY", "SELECT"]
}

# What follows waits until the blocks above are applied: first give, then take.
resource "terraform_data" "uc_guard_step_1" {
  depends_on = [
    databricks_grant.function_retail_finance_to_eur_85a32b4c_4ca8_5d50_a134_d2d71943b_e3fa996d,
    databricks_grant.table_retail_customers_customers_9a937403_1362_5f04_af37_3d0fb52_09e42cdd,
    databricks_grant.table_retail_inventory_products_85a32b4c_4ca8_5d50_a134_d2d71943_f601904f,
    databricks_grant.table_retail_inventory_products_bb4ce35b_acc0_56d4_b117_a67b7b32_3c732d62,
    databricks_grant.table_retail_sales_order_items_85a32b4c_4ca8_5d50_a134_d2d71943b_80f00f35,
    databricks_grant.table_retail_sales_orders_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_9fbcafea,
    databricks_grant.table_retail_sales_stores_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_39d4a81c,
    databricks_grant.table_retail_support_macros_9a937403_1362_5f04_af37_3d0fb521d85c_f28c3ffc,
    databricks_grant.table_retail_support_messages_9a937403_1362_5f04_af37_3d0fb521d8_d8583751,
    databricks_grant.table_retail_support_sla_9a937403_1362_5f04_af37_3d0fb521d85c_0297e7ef,
    databricks_grant.table_retail_support_tickets_9a937403_1362_5f04_af37_3d0fb521d85_28bddf45,
  ]
}

# takes ALL PRIVILEGES
# gives USE SCHEMA
import {
  to = databricks_grant.schema_retail_support_9a937403_1362_5f04_af37_3d0fb521d85c_d9535e94
  id = "schema/retail.support/9a937403-1362-5f04-af37-3d0fb521d85c"
}
resource "databricks_grant" "schema_retail_support_9a937403_1362_5f04_af37_3d0fb521d85c_d9535e94" {
  schema     = "retail.support"
  principal  = "9a937403-1362-5f04-af37-3d0fb521d85c"
  privileges = ["USE_SCHEMA"]
  depends_on = [terraform_data.uc_guard_step_1]
}

# What follows waits until the blocks above are applied: first give, then take.
resource "terraform_data" "uc_guard_step_2" {
  depends_on = [
    databricks_grant.schema_retail_support_9a937403_1362_5f04_af37_3d0fb521d85c_d9535e94,
  ]
}

# takes SELECT
import {
  to = databricks_grant.schema_retail_customers_9a937403_1362_5f04_af37_3d0fb521d85c_945499ae
  id = "schema/retail.customers/9a937403-1362-5f04-af37-3d0fb521d85c"
}
resource "databricks_grant" "schema_retail_customers_9a937403_1362_5f04_af37_3d0fb521d85c_945499ae" {
  schema     = "retail.customers"
  principal  = "9a937403-1362-5f04-af37-3d0fb521d85c"
  privileges = ["USE_SCHEMA"]
  depends_on = [terraform_data.uc_guard_step_2]
}

# takes EXECUTE
import {
  to = databricks_grant.schema_retail_finance_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_72599a1b
  id = "schema/retail.finance/85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
}
resource "databricks_grant" "schema_retail_finance_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_72599a1b" {
  schema     = "retail.finance"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["USE_SCHEMA"]
  depends_on = [terraform_data.uc_guard_step_2]
}

# takes SELECT
import {
  to = databricks_grant.schema_retail_inventory_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_9802473a
  id = "schema/retail.inventory/85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
}
resource "databricks_grant" "schema_retail_inventory_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_9802473a" {
  schema     = "retail.inventory"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["USE_SCHEMA"]
  depends_on = [terraform_data.uc_guard_step_2]
}

# takes SELECT
import {
  to = databricks_grant.schema_retail_inventory_bb4ce35b_acc0_56d4_b117_a67b7b329673_e8898359
  id = "schema/retail.inventory/bb4ce35b-acc0-56d4-b117-a67b7b329673"
}
resource "databricks_grant" "schema_retail_inventory_bb4ce35b_acc0_56d4_b117_a67b7b329673_e8898359" {
  schema     = "retail.inventory"
  principal  = "bb4ce35b-acc0-56d4-b117-a67b7b329673"
  privileges = ["USE_SCHEMA"]
  depends_on = [terraform_data.uc_guard_step_2]
}

# takes CREATE TABLE
import {
  to = databricks_grant.schema_retail_reporting_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_5bd20ede
  id = "schema/retail.reporting/85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
}
resource "databricks_grant" "schema_retail_reporting_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_5bd20ede" {
  schema     = "retail.reporting"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["USE_SCHEMA"]
  depends_on = [terraform_data.uc_guard_step_2]
}

# takes SELECT
import {
  to = databricks_grant.schema_retail_sales_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_f5061fbe
  id = "schema/retail.sales/85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
}
resource "databricks_grant" "schema_retail_sales_85a32b4c_4ca8_5d50_a134_d2d71943b6b4_f5061fbe" {
  schema     = "retail.sales"
  principal  = "85a32b4c-4ca8-5d50-a134-d2d71943b6b4"
  privileges = ["USE_SCHEMA"]
  depends_on = [terraform_data.uc_guard_step_2]
}

# Run these after `terraform apply`; Terraform cannot.
# A block cannot be empty, and what was never in the state cannot be destroyed.
# REVOKE SELECT ON TABLE `retail`.`sales`.`returns` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`;
# REVOKE SELECT ON TABLE `retail`.`reporting`.`margin_report` FROM `bb4ce35b-acc0-56d4-b117-a67b7b329673`;
# REVOKE READ FILES, WRITE FILES ON EXTERNAL LOCATION `brightmart_landing` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;
# REVOKE CREATE EXTERNAL LOCATION ON METASTORE FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;
# REVOKE READ VOLUME, WRITE VOLUME ON VOLUME `staging`.`feeds`.`landing` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;
# REVOKE MODIFY, SELECT, USE SCHEMA ON SCHEMA `staging`.`feeds` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;
# REVOKE ALL PRIVILEGES ON SCHEMA `staging`.`scratch` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;
# REVOKE USE CATALOG ON CATALOG `staging` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`;
output "uc_guard_run_after" {
  description = "Run these after `terraform apply`; Terraform cannot."
  value = [
    "REVOKE SELECT ON TABLE `retail`.`sales`.`returns` FROM `9a937403-1362-5f04-af37-3d0fb521d85c`",
    "REVOKE SELECT ON TABLE `retail`.`reporting`.`margin_report` FROM `bb4ce35b-acc0-56d4-b117-a67b7b329673`",
    "REVOKE READ FILES, WRITE FILES ON EXTERNAL LOCATION `brightmart_landing` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`",
    "REVOKE CREATE EXTERNAL LOCATION ON METASTORE FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`",
    "REVOKE READ VOLUME, WRITE VOLUME ON VOLUME `staging`.`feeds`.`landing` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`",
    "REVOKE MODIFY, SELECT, USE SCHEMA ON SCHEMA `staging`.`feeds` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`",
    "REVOKE ALL PRIVILEGES ON SCHEMA `staging`.`scratch` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`",
    "REVOKE USE CATALOG ON CATALOG `staging` FROM `dc43f96e-7887-54eb-8a5d-491ecbfe8f3a`",
  ]
}
