"""Templatetags of the storefront."""
