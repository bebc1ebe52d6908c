"""Effects that do nothing, so that what is measured is everything else."""
