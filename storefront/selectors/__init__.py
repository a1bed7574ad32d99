"""Selectors of the storefront."""
