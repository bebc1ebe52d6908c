"""One file per analysis: one file in, facts out."""
