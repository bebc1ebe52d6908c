"""The log in Postgres: append, read, be woken."""
