# Databricks notebook source
# MAGIC %md
# MAGIC # Grants of the forecast agent

# COMMAND ----------

# MAGIC %sql
# MAGIC GRANT USE CATALOG ON CATALOG retail TO `forecast-agent`;
# MAGIC GRANT USE SCHEMA ON SCHEMA retail.inventory TO `forecast-agent`;
# MAGIC GRANT SELECT ON TABLE retail.inventory.stock TO `forecast-agent`;

# COMMAND ----------

spark.sql("GRANT ALL PRIVILEGES ON SCHEMA lab.forecasts TO `forecast-agent`")
spark.sql(f"GRANT SELECT ON TABLE {catalog}.inventory.products TO `forecast-agent`")
