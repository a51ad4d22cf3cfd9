"""What statements say of who may do what, with the places where they say it; for texts that nobody has run yet."""
