"""What came of comparing the stock ledger with stock and orders. Read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from dashboard.admin.base import ReadOnly, SaleorModelAdmin
from dashboard.admin.show import show_time
from dashboard.roles import MANAGE_STOCK
from dashboard.site import staff_site
from plugins.inventory.models import LedgerCheck

_COLOURS = {"Agrees": "success", "Differs": "danger"}


@admin.register(LedgerCheck, site=staff_site)
class LedgerCheckAdmin(ReadOnly, SaleorModelAdmin):
    """One row for each comparison, newest first; its page names what differs."""

    required_permission = MANAGE_STOCK
    list_display = ("when", "result", "differences", "unexplained_changes")
    fields = readonly_fields = ("when", "result", "differences", "found", "unexplained_changes")
    ordering = ("-pk",)
    empty_help = "Not checked yet. It is done every ten minutes, and by manage.py check_ledger."

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, which home leads to and the sidebar does not: it has to name itself."""
        context = {"not_in_sidebar": True, **(extra_context or {})}
        return super().changelist_view(request, context)

    def title_of(self, obj: LedgerCheck) -> str:
        """Return when it was compared."""
        return f"Ledger check of {show_time(obj.at)}"

    @display(description="Checked", ordering="pk")
    def when(self, check: LedgerCheck) -> str:
        """Return when it was compared."""
        return show_time(check.at)

    @display(description="Result", label=_COLOURS)
    def result(self, check: LedgerCheck) -> str:
        """Return whether ledger, stock and orders say the same."""
        return "Differs" if check.differences else "Agrees"

    @display(description="What differs")
    def found(self, check: LedgerCheck) -> str:
        """Return the first differences, a line each."""
        return "\n".join(check.first_ones) or "-"

    @display(description="Changes without a reason", ordering="unexplained")
    def unexplained_changes(self, check: LedgerCheck) -> int:
        """Return how many changes of stock nobody gave a reason for."""
        return check.unexplained
