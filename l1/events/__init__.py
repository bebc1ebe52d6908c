"""The facts: one file a family, and how they are written and hashed."""
