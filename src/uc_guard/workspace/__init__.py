"""A workspace that answers: its REST API, its SQL, and who we are there."""
