"""Filters of templates that more than the storefront shows."""
