"""From logged statements to usage: each template read once, in columns."""
