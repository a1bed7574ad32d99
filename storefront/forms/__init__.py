"""Forms of the storefront."""
