"""Statements, one reader a family: what they name, what queries they hold, what they leave in the session."""
