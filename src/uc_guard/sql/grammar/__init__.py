"""Text to trees: what each name of a query stands next to, by the grammar of Spark 4.3 and Databricks SQL."""
