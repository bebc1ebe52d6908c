"""One file per effect: files in, one file out."""
