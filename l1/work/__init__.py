"""The one work table: what is ready, who holds it, who went silent."""
