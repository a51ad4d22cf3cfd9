"""SQL text to uses; the only part that imports sqlglot."""
