"""Pictures the project draws itself, one file per asset."""
