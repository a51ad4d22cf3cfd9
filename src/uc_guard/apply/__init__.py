"""A plan to a workspace: step by step, each one written down before and after, so that all of it can be undone."""
