"""SQL text to uses: tokens, grammar, scopes, and the statements of Databricks SQL."""
