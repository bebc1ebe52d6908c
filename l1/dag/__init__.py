"""Recipes, plans, steps and cache keys, as pure values."""
