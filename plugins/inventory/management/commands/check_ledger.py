"""`manage.py check_ledger`: does the stock ledger agree with stock and orders?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from plugins.inventory.ledger import record_check


class Command(BaseCommand):
    """Prints what disagrees; the exit code is 1 if anything does."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, keep the result for staff, print a line for each difference, and end."""
        report = record_check()
        for difference in report.differences:
            self.stdout.write(f"WRONG: {difference}")
        if report.unexplained:
            self.stdout.write(f"{report.unexplained} changes that nobody explained")
        if report.differences:
            sys.exit(1)
        self.stdout.write("The stock ledger agrees with the stock and the orders.")
