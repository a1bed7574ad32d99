"""Whether the stock ledger can be trusted, as far as anybody has looked."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from plugins.inventory.models import LedgerCheck

# It is compared every ten minutes; after an hour, whatever should do it has stopped.
CHECK_IS_OLD = timedelta(hours=1)


def newest_check() -> LedgerCheck | None:
    """Return what came of the last comparison; comparing now would read every order."""
    return LedgerCheck.objects.first()


def is_old(check: LedgerCheck) -> bool:
    """Say whether the comparison is too long ago to tell anything of now."""
    return check.at < timezone.now() - CHECK_IS_OLD
