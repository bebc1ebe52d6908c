"""One file per verb: ask the core, do the I/O, append facts."""
