"""Admin classes, one module per area of Saleor."""
