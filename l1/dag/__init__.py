"""Recipes, plans, steps, cache keys and node types, as values and pure functions."""
