"""Customers, staff and the access log in the dashboard."""
