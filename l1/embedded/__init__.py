"""A Postgres and a Redis for a machine that has none."""
