"""Art DAG L1: an event-sourced, content-addressed rendering server that federates."""

__version__ = "0.1.0"
