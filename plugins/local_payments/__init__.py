"""A small payment page of our own for development; it takes no money."""
