"""Trees to uses: which column of which securable each name means."""
