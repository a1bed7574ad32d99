"""Stock: what is on hand, reserved and left; set by hand only with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from dashboard.admin.base import ReadOnly, SaleorModelAdmin, SaleorTabularInline
from dashboard.admin.filters import StockLevelFilter
from dashboard.admin.show import show_time
from dashboard.admin.stock_form import StockForm
from dashboard.models import StockItem
from dashboard.selectors.stock import LOW_STOCK, stock_with_availability
from dashboard.services.stock import PERMISSION, open_stock, set_stock
from dashboard.site import staff_site
from plugins.inventory.models import StockEntry
from plugins.inventory.reasons import StockReason

_LEVEL_COLOURS = {"Out": "danger", "Low": "warning", "In stock": "success"}


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


@admin.register(StockItem, site=staff_site)
class StockAdmin(SaleorModelAdmin):
    """One row per variant and warehouse."""

    required_permission = PERMISSION
    form = StockForm
    list_display = ("what", "sku", "warehouse", "quantity", "reserved", "left", "level")
    list_filter = (StockLevelFilter, "warehouse")
    list_select_related = ("product_variant__product", "warehouse")
    search_fields = (
        "product_variant__sku",
        "product_variant__name",
        "product_variant__product__name",
    )
    search_help_text = "SKU, product or size"
    ordering = ("product_variant__product__name", "product_variant__sku")
    autocomplete_fields = ("product_variant",)
    inlines = (EntryInline,)
    add_fieldsets = (
        (None, {"fields": ("product_variant", "warehouse", "quantity", "reason", "note")}),
    )
    fieldsets = (
        (None, {"fields": (("what", "sku"), ("warehouse", "reserved"))}),
        ("Set the quantity on hand", {"fields": (("quantity", "reason"), "note", "seen")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockItem]:
        """Return the stocks with what is reserved and left."""
        return stock_with_availability(super().get_queryset(request))

    def get_readonly_fields(
        self, request: HttpRequest, obj: StockItem | None = None
    ) -> tuple[str, ...]:
        """Once a stock exists it stays with its variant and its warehouse."""
        return ("what", "sku", "warehouse", "reserved") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: StockItem | None) -> tuple[type, ...]:
        """A stock that is not there yet has no changes."""
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: StockItem, form: Any, change: bool) -> None:
        """Write through the service, which locks, checks again and records."""
        data = form.cleaned_data
        why: dict[str, Any] = {
            "actor": request.user,
            "reason": StockReason(data["reason"]),
            "note": data["note"],
        }
        if change:
            set_stock(stock_id=obj.pk, seen=data["seen"], wanted=data["quantity"], **why)
            return
        stock = open_stock(
            variant_id=obj.product_variant_id,
            warehouse_id=obj.warehouse_id,
            quantity=data["quantity"],
            **why,
        )
        obj.pk = stock.pk

    @display(description="Product", ordering="product_variant__product__name")
    def what(self, stock: StockItem) -> str:
        """Return the product with its variant."""
        variant = stock.product_variant
        return f"{variant.product.name} · {variant.name}" if variant.name else variant.product.name

    @display(description="SKU", ordering="product_variant__sku")
    def sku(self, stock: StockItem) -> str:
        """Return the SKU that is scanned."""
        return str(stock.product_variant.sku)

    @display(description="Reserved", ordering="allocated")
    def reserved(self, stock: StockItem) -> int:
        """Return the pieces that orders hold."""
        return int(stock.allocated)

    @display(description="Available", ordering="available")
    def left(self, stock: StockItem) -> int:
        """Return the pieces that can be sold."""
        return int(stock.available)

    @display(description="Level", label=_LEVEL_COLOURS)
    def level(self, stock: StockItem) -> str:
        """Return how the stock stands."""
        if stock.available <= 0:
            return "Out"
        return "Low" if stock.available <= LOW_STOCK else "In stock"
