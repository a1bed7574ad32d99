"""Orders and payments in the dashboard."""
