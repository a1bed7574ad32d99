"""What staff see: an Unfold site over Saleor's models, guarded by Saleor's permissions."""
