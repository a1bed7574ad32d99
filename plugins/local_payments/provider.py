"""A payment provider that takes no money, for development."""
