"""Pages of the dashboard that are no lists or forms of a model."""
