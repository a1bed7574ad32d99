"""E-mails and their texts in the dashboard."""
