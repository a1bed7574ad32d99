"""What there is to do, for the first page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from saleor.account.models import User

from dashboard.roles import MANAGE_STOCK
from dashboard.selectors.ledger import is_old, newest_check
from dashboard.selectors.work import WORK, WorkItem


def work_for(user: User) -> list[WorkItem]:
    """Return what this person may open; a query for each number."""
    return [work.counted() for work in WORK if work.is_for(user)] + list(_ledger(user))


def _ledger(user: User) -> Iterator[WorkItem]:
    if not user.has_perm(MANAGE_STOCK):
        return
    check, url = newest_check(), reverse("admin:inventory_ledgercheck_changelist")
    if check is None:
        yield WorkItem("Stock ledger", None, "Not checked yet; every ten minutes", "balance", url)
        return
    at = date_format(timezone.localtime(check.at), "j M, H:i")
    said = "Differs from the stock" if check.differences else "Agrees with the stock"
    urgent = bool(check.differences) or is_old(check)
    yield WorkItem("Stock ledger", check.differences, f"{said}, {at}", "balance", url, urgent)
