"""What content is: its names, its kinds, its provenance, and when it may go."""
