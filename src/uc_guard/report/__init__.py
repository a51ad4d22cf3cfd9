"""The world going out: one file per form of output."""
