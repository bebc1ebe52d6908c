"""Views: each file has one view's tables, fold and queries."""
