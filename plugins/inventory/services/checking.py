"""Comparing the ledger with the stock, and keeping what came of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from plugins.inventory.models import LedgerCheck
from plugins.inventory.selectors.check import LedgerReport, check_ledger

CHECKS_KEPT = timedelta(days=30)  # long enough to see since when something has been wrong
_SENTENCES = 100  # whoever has to mend more than that asks `manage.py check_ledger`


def record_check() -> LedgerReport:
    """Compare, keep the result for staff to see, and forget old ones."""
    report = check_ledger()
    LedgerCheck.objects.create(
        differences=len(report.differences),
        first_ones=list(report.differences[:_SENTENCES]),
        unexplained=report.unexplained,
    )
    LedgerCheck.objects.filter(at__lt=timezone.now() - CHECKS_KEPT).delete()
    return report
