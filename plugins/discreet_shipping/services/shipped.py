"""What ships with the plugin: where postcodes are, and points for a demonstration."""

from __future__ import annotations

from pathlib import Path

from plugins.discreet_shipping.models import CollectionPoint
from plugins.discreet_shipping.services.points import import_points, import_postcodes

DATA = Path(__file__).resolve().parents[1] / "data"


def load_postcodes() -> int:
    """Add or renew the rough centres of postcode areas; return how many.

    Finer rows that staff imported have longer beginnings, so they are other rows and stay.
    """
    return import_postcodes(content=(DATA / "postcode_areas.csv").read_bytes())


def load_demo_points() -> int:
    """Add the invented points to a shop that has none of its own; return how many."""
    if CollectionPoint.objects.exists():
        return 0
    return import_points(content=(DATA / "demo_points.csv").read_bytes())
