"""Products, variants and sizes in the dashboard."""
