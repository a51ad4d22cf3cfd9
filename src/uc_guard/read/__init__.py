"""The world coming in: every way to obtain a snapshot."""
