"""Rules and what they are judged on: facts in, findings out."""
