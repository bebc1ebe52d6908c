"""Examples of node types: what they are shown with, how they are drawn, and their pages."""
