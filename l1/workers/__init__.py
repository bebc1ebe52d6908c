"""Arq workers, their leases and their sandboxed children."""
