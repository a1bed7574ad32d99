"""The ledger on a stock's page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from dashboard.admin.base import ReadOnly, SaleorTabularInline
from dashboard.admin.show import show_time
from dashboard.services.stock import PERMISSION
from plugins.inventory.models import StockEntry


class EntryInline(ReadOnly, SaleorTabularInline):
    """What the ledger says of this stock, newest first."""

    required_permission = PERMISSION
    model = StockEntry
    verbose_name_plural = "Ledger"
    hide_title = True
    per_page = 20
    fields = readonly_fields = (
        "when", "measure", "before", "after", "reason", "order_id", "note", "who",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockEntry]:
        """Return the entries with who made them."""
        return super().get_queryset(request).select_related("actor")

    @display(description="When")
    def when(self, entry: StockEntry) -> str:
        """Return when the change was made."""
        return show_time(entry.at)

    @display(description="By")
    def who(self, entry: StockEntry) -> str:
        """Return who made the change; a dash for what the shop did by itself."""
        return str(entry.actor.email) if entry.actor else "-"
