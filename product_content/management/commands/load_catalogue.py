"""`manage.py load_catalogue`: make the shop match the catalogue files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from product_content.catalogue.loading import DATA, load_catalogue
from product_content.catalogue.located_yaml import CatalogueRefused


class Command(BaseCommand):
    """Shows what changed; what staff edited stays, unless --force."""

    help = "Load sizes, products, shipping and guides from product_content/data."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="show, but write nothing")
        parser.add_argument(
            "--force", action="store_true", help="overwrite what staff edited (never stock)"
        )
        parser.add_argument("--folder", type=Path, default=DATA, help="another folder of files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and print the report; a refusal is printed with its places, exit code 1."""
        try:
            report = load_catalogue(
                folder=options["folder"], dry_run=options["dry_run"], force=options["force"]
            )
        except CatalogueRefused as refused:
            gap = "\n" if len(refused.problems) > 1 else " "
            raise CommandError(f"nothing was changed:{gap}{refused}") from refused
        for line in report.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")
