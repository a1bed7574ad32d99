"""Guides in the dashboard."""
