"""A Postgres and a Redis for a machine that has none, and the supervisor of a whole node."""
