"""Drills: what a shop that is run for real must come through, with its figures printed."""
