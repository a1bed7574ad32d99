"""`manage.py load_points`: let collection points be found by postcode."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from plugins.discreet_shipping.collection_points import load_demo_points, load_postcodes


class Command(BaseCommand):
    """Loads the table of postcode areas; with --demo also points to try collection with."""

    help = "Load where postcodes are, and with --demo invented collection points."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--demo", action="store_true", help="add invented points, if there are none at all"
        )

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        """Load, and print how many of each."""
        self.stdout.write(f"{load_postcodes()} postcode areas")
        if demo:
            self.stdout.write(f"{load_demo_points()} demonstration points")
