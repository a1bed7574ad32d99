"""What the dashboard writes."""
