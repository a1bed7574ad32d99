"""Services of the storefront."""
