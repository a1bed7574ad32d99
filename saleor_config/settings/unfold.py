"""Unfold's settings: names and colours of the staff dashboard."""

UNFOLD = {"SITE_TITLE": "Stillwater staff", "SITE_HEADER": "Stillwater"}
