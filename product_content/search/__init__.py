"""Search over products and guides together."""
