"""Pictures of the recipes that come with the software."""
