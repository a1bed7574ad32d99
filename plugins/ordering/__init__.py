"""Orders and their payment: from a basket to a paid order (docs/adr/0002)."""
