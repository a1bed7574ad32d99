"""The stock ledger: all of it as a list, and on each stock's page what concerns that one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.decorators import display
from unfold.views import ChangeList

from dashboard.admin.base import ReadOnly, SaleorModelAdmin, SaleorTabularInline
from dashboard.admin.show import show_time
from dashboard.selectors.entries import entries_found
from dashboard.services.stock import PERMISSION
from dashboard.site import staff_site
from plugins.inventory.models import StockEntry
from plugins.inventory.selectors.sheets import name_of

_COLOURS = {"quantity": "primary", "allocated": "info"}


class _Entries(ReadOnly):
    """What both show of an entry."""

    required_permission = PERMISSION

    @display(description="When", ordering="pk")
    def when(self, entry: StockEntry) -> str:
        """Return when the change was made."""
        return show_time(entry.at)

    @display(description="Figure", label=_COLOURS)
    def figure(self, entry: StockEntry) -> tuple[str, str]:
        """Return which of the two figures changed."""
        return entry.measure, entry.get_measure_display()

    @display(description="Change")
    def change(self, entry: StockEntry) -> str:
        """Return the pieces more or fewer, and both figures."""
        return f"{entry.after - entry.before:+d} ({entry.before} → {entry.after})"

    @display(description="Order")
    def for_order(self, entry: StockEntry) -> str:
        """Return the number of the order that took or gave back the pieces."""
        return str(entry.order_id or "-")

    @display(description="By")
    def who(self, entry: StockEntry) -> str:
        """Return who made the change; a dash for what the shop did by itself."""
        return str(entry.actor.email) if entry.actor else "-"


class EntryInline(_Entries, SaleorTabularInline):
    """What the ledger says of this stock, newest first."""

    model = StockEntry
    verbose_name_plural = "Ledger"
    hide_title = True
    per_page = 20
    fields = readonly_fields = (
        "when", "figure", "change", "reason", "for_order", "note", "who",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockEntry]:
        """Return the entries with who made them."""
        return super().get_queryset(request).select_related("actor")


class _Ledger(ChangeList):
    """Each line leads to its stock: an entry has no page, as the list says all of it."""

    def url_for_result(self, result: StockEntry) -> str:
        """Return the address of the stock's page."""
        return reverse("admin:dashboard_stockitem_change", args=(result.stock_id,))


@admin.register(StockEntry, site=staff_site)
class EntryAdmin(_Entries, SaleorModelAdmin):
    """Every change of every stock, newest first: the database writes it, and nobody edits it."""

    list_display = (
        "item", "when", "warehouse", "figure", "change", "reason", "for_order", "note", "who",
    )  # fmt: skip
    list_select_related = ("variant__product", "warehouse", "actor")
    list_filter = ("at", "measure", "reason", "warehouse")
    list_fullwidth = True
    search_fields = ("note",)  # shows the search box; `get_search_results` does the work
    search_help_text = "SKU, note or order number"

    class Media:
        css = {"all": ("dashboard/stock.css",)}

    @display(description="Product", header=True)
    def item(self, entry: StockEntry) -> tuple[str, str]:
        """Return the product and its SKU; the entry outlives both."""
        variant = entry.variant
        return (name_of(variant), variant.sku) if variant else ("No longer sold", "")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StockEntry], search_term: str
    ) -> tuple[QuerySet[StockEntry], bool]:
        """Find by part of a SKU or of a note, or by an order's number (with or without #)."""
        term = search_term.strip()
        return (queryset.filter(pk__in=entries_found(term)) if term else queryset), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list whose lines lead to their stocks."""
        return _Ledger

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Show the list, and no page of one entry."""
        return obj is None and super().has_view_permission(request, obj)
