"""One file per kind of execution."""
