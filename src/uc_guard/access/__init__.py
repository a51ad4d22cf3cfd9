"""Who can, who needs, and the difference."""
