"""What peers need to be driven: nothing of ours is in here."""
