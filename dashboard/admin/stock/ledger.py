"""The stock ledger and its comparisons with stock and orders. Read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import display

from dashboard.admin.base import (
    ReadOnly,
    ReadOnlyModelAdmin,
    SaleorModelAdmin,
    SaleorTabularInline,
    format_time,
)
from dashboard.admin.requests import DeclaredChangeList
from dashboard.roles import MANAGE_STOCK
from dashboard.selectors.stock import search_entries
from dashboard.services.stock import PERMISSION
from dashboard.site import staff_site
from plugins.inventory.documents import staff_name_of
from plugins.inventory.models import LedgerCheck, StockEntry

_MEASURE_COLOURS = {"quantity": "primary", "allocated": "info"}


class _StockEntryColumns(ReadOnly):
    """The columns that both views of an entry share."""

    required_permission = PERMISSION

    @display(description="When", ordering="pk")
    def when(self, entry: StockEntry) -> str:
        """Return when the change was made."""
        return format_time(entry.at)

    @display(description="Figure", label=_MEASURE_COLOURS)
    def figure(self, entry: StockEntry) -> tuple[str, str]:
        """Return which of the two figures changed."""
        return entry.measure, entry.get_measure_display()

    @display(description="Change")
    def change(self, entry: StockEntry) -> str:
        """Return the pieces more or fewer, and both figures."""
        return f"{entry.after - entry.before:+d} ({entry.before} → {entry.after})"

    @display(description="Order")
    def for_order(self, entry: StockEntry) -> str:
        """Return the number of the order that took or returned the pieces."""
        return str(entry.order_id or "-")

    @display(description="By")
    def who(self, entry: StockEntry) -> str:
        """Return who made the change; a dash for what the shop did by itself."""
        return str(entry.actor.email) if entry.actor else "-"


class StockEntryInline(_StockEntryColumns, SaleorTabularInline):
    """The ledger's entries of this stock, newest first."""

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


class _LedgerChangeList(DeclaredChangeList):
    """Each row links to its stock: an entry has no page, as the list shows all of it."""

    def url_for_result(self, result: StockEntry) -> str:
        """Return the address of the stock's page."""
        return reverse("admin:dashboard_stockitem_change", args=(result.stock_id,))


@admin.register(StockEntry, site=staff_site)
class StockEntryAdmin(_StockEntryColumns, SaleorModelAdmin):
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
        return (staff_name_of(variant), variant.sku) if variant else ("No longer sold", "")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StockEntry], search_term: str
    ) -> tuple[QuerySet[StockEntry], bool]:
        """Find by part of a SKU or of a note, or by an order's number (with or without #)."""
        term = search_term.strip()
        return (queryset.filter(pk__in=search_entries(term)) if term else queryset), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeclaredChangeList]:
        """Return the list whose rows link to their stocks."""
        return _LedgerChangeList

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Show the list, and no page of one entry."""
        return obj is None and super().has_view_permission(request, obj)


_RESULT_COLOURS = {"Agrees": "success", "Differs": "danger"}


@admin.register(LedgerCheck, site=staff_site)
class LedgerCheckAdmin(ReadOnlyModelAdmin):
    """One row for each comparison, newest first; its page names what differs."""

    required_permission = MANAGE_STOCK
    list_display = ("when", "result", "differences", "unexplained_changes")
    fields = readonly_fields = ("when", "result", "differences", "found", "unexplained_changes")
    ordering = ("-pk",)
    empty_help = "Not checked yet. It is done every ten minutes, and by manage.py check_ledger."

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list with a title of its own, as the sidebar does not link to it."""
        context = {"not_in_sidebar": True, **(extra_context or {})}
        return super().changelist_view(request, context)

    def title_of(self, obj: LedgerCheck) -> str:
        """Return when it was compared."""
        return f"Ledger check of {format_time(obj.at)}"

    @display(description="Checked", ordering="pk")
    def when(self, check: LedgerCheck) -> str:
        """Return when it was compared."""
        return format_time(check.at)

    @display(description="Result", label=_RESULT_COLOURS)
    def result(self, check: LedgerCheck) -> str:
        """Return whether ledger, stock and orders agree."""
        return "Differs" if check.differences else "Agrees"

    @display(description="What differs")
    def found(self, check: LedgerCheck) -> str:
        """Return the first differences, a line each."""
        return "\n".join(check.first_differences) or "-"

    @display(description="Changes without a reason", ordering="unexplained")
    def unexplained_changes(self, check: LedgerCheck) -> int:
        """Return how many changes of stock nobody gave a reason for."""
        return check.unexplained
