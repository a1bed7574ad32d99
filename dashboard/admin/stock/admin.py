"""The stock table, the page of a stock, the ledger, and the warehouses with their zones.

The ledger and its comparisons with stock and orders are read-only.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from saleor.account.models import Address
from saleor.core.utils import generate_unique_slug
from saleor.warehouse.models import Warehouse
from unfold.decorators import display

from dashboard.admin.base import (
    ReadOnly,
    ReadOnlyModelAdmin,
    SaleorModelAdmin,
    SaleorTabularInline,
    format_time,
)
from dashboard.admin.filters import StockLevelFilter, StockSizeFilter
from dashboard.admin.requests import DeclaredChangeList
from dashboard.admin.stock.documents import StockDocumentPages
from dashboard.admin.stock.editing import EditableStockRows, StockForm
from dashboard.admin.stock.import_export import StockImportExport
from dashboard.models import StockItem
from dashboard.roles import MANAGE_STOCK
from dashboard.selectors.stock import search_entries, size_span, stock_table
from dashboard.services.stock import PERMISSION, open_stock, set_stock
from dashboard.site import staff_site
from plugins.inventory.documents import staff_name_of
from plugins.inventory.models import LedgerCheck, StockEntry, StockReason
from plugins.inventory.quantities import QUARANTINE

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


_COLOURS = {"out": "danger", "low": "warning", "enough": "success", "aside": ""}


@admin.register(StockItem, site=staff_site)
class StockAdmin(StockDocumentPages, StockImportExport, EditableStockRows, SaleorModelAdmin):
    """One row per variant and warehouse."""

    required_permission = PERMISSION
    form = StockForm
    list_display = (
        "product", "kind", "sizes", "warehouse", "quantity", "reserved", "left", "sold",
        "days_left", "reorder_point", "to_order",
    )  # fmt: skip
    list_filter = (
        StockLevelFilter,
        StockSizeFilter,
        "warehouse",
        ("product_variant__product__category", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = (
        "product_variant__sku",
        "product_variant__name",
        "product_variant__product__name",
    )
    search_help_text = "SKU, product or size"
    list_fullwidth = True
    tells_of_other_edits = False  # the form compares the quantity, which orders change too
    keeps_search = True
    ordering = ("product_variant__product__name", "product_variant__sku")
    autocomplete_fields = ("product_variant",)
    inlines = (StockEntryInline,)
    add_fieldsets = (
        (None, {"fields": ("product_variant", "warehouse", "quantity", "reason", "note")}),
    )
    fieldsets = (
        (None, {"fields": (("what", "sku"), ("warehouse", "reserved", "left"))}),
        ("Set the quantity on hand", {"fields": (("quantity", "reason"), "note", "expected")}),
    )

    class Media:
        css = {"all": ("dashboard/stock.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockItem]:
        """Return the stocks with all that the table shows."""
        return stock_table(super().get_queryset(request))

    def get_readonly_fields(
        self, request: HttpRequest, obj: StockItem | None = None
    ) -> tuple[str, ...]:
        """Once a stock exists it stays with its variant and its warehouse."""
        return ("what", "sku", "warehouse", "reserved", "left") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: StockItem | None) -> tuple[type, ...]:
        """A stock that does not exist yet has no changes."""
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: StockItem, form: Any, change: bool) -> None:
        """Write through the service, which locks, checks again and says why."""
        if self.is_row(form):
            self.save_row(request, form)
            return
        data = form.cleaned_data
        why: dict[str, Any] = {
            "actor": request.user,
            "reason": StockReason(data["reason"]),
            "note": data["note"],
        }
        if change:
            set_stock(stock_id=obj.pk, expected=data["expected"], wanted=data["quantity"], **why)
            return
        stock = open_stock(
            variant_id=obj.product_variant_id,
            warehouse_id=obj.warehouse_id,
            quantity=data["quantity"],
            **why,
        )
        obj.pk = stock.pk

    @display(description="Product", ordering="product_variant__product__name", header=True)
    def product(self, stock: StockItem) -> tuple[str, str]:
        """Return the product, with its SKU below it."""
        return self.what(stock), self.sku(stock)

    @display(description="Product")
    def what(self, stock: StockItem) -> str:
        """Return the product with its variant."""
        return staff_name_of(stock.product_variant)

    @display(description="Kind", ordering="product_variant__product__category__name")
    def kind(self, stock: StockItem) -> str:
        """Return its category, such as sets."""
        category = stock.product_variant.product.category
        return str(category.name) if category else "-"

    @display(description="Size")
    def sizes(self, stock: StockItem) -> str:
        """Return the numbers of its sizes."""
        return size_span(stock) or "-"

    @display(description="SKU")
    def sku(self, stock: StockItem) -> str:
        """Return the SKU that is scanned."""
        return str(stock.product_variant.sku)

    @display(description="Reserved", ordering="allocated")
    def reserved(self, stock: StockItem) -> int:
        """Return the pieces that orders hold."""
        return int(stock.allocated)

    @display(description="Available", ordering="available", label=_COLOURS)
    def left(self, stock: StockItem) -> tuple[str, str]:
        """Return the pieces that can be sold, and whether that is a low stock."""
        if stock.low_at < 0:
            return "aside", str(stock.available)
        if stock.available <= 0:
            return "out", f"{stock.available} · out"
        is_low = stock.available <= stock.low_at
        return ("low", f"{stock.available} · low") if is_low else ("enough", str(stock.available))

    @display(description="Sold in 30 days", ordering="sold")
    def sold(self, stock: StockItem) -> int:
        """Return the pieces that orders took in the last 30 days."""
        return int(stock.sold)

    @display(description="Days left", ordering="days_left", empty_value="-")
    def days_left(self, stock: StockItem) -> int | None:
        """Return how long it lasts at the sales rate of the last 30 days."""
        return stock.days_left

    @display(description="Reorder point", ordering="low_at")
    def reorder_point(self, stock: StockItem) -> int:
        """Return the number of pieces at which it is low."""
        return int(stock.low_at)

    @display(description="To order", ordering="to_order")
    def to_order(self, stock: StockItem) -> str:
        """Return how many to order now, as sales suggest."""
        return str(stock.to_order or "-")


@transaction.atomic
def add_warehouse(warehouse: Warehouse) -> None:
    """Store a new warehouse under a slug of its own, by which stock files name it.

    Saleor wants an address, which nothing here shows or prints: it gets that of the first one.
    """
    slug = slugify(warehouse.name)
    if slug in ("", QUARANTINE):
        slug = "warehouse"
    warehouse.slug = generate_unique_slug(warehouse, slug)
    warehouse.address = _default_address()
    warehouse.save()


def _default_address() -> Address:
    first = Warehouse.objects.select_related("address").order_by("pk").first()
    if first is None:
        return Address.objects.create(country=settings.DEFAULT_COUNTRY)
    return first.address.get_copy()


@admin.register(Warehouse, site=staff_site)
class WarehouseAdmin(SaleorModelAdmin):
    """A warehouse without zones keeps goods that are not sold from it."""

    required_permission = "shipping.manage_shipping"
    list_display = ("name", "slug", "zones")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "shipping_zones")
    autocomplete_fields = ("shipping_zones",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Warehouse]:
        """Return the warehouses with their zones."""
        return super().get_queryset(request).prefetch_related("shipping_zones")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Warehouse | None = None
    ) -> tuple[str, ...]:
        """Lock the zones of the quarantine warehouse: what is set aside there is never sold."""
        return ("shipping_zones",) if obj and obj.slug == QUARANTINE else ()

    def save_model(self, request: HttpRequest, obj: Warehouse, form: Any, change: bool) -> None:
        """Write the name, or the whole of a new warehouse."""
        if change:
            obj.save(update_fields=["name"])
        else:
            add_warehouse(obj)

    @display(description="Serves")
    def zones(self, warehouse: Warehouse) -> str:
        """Return the names of its zones."""
        return ", ".join(zone.name for zone in warehouse.shipping_zones.all()) or "-"
