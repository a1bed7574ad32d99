"""The stock table, the page of a stock, and the warehouses with the zones that each serves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import slugify
from saleor.account.models import Address
from saleor.core.utils import generate_unique_slug
from saleor.warehouse.models import Warehouse
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin
from dashboard.admin.filters import StockLevelFilter, StockSizeFilter
from dashboard.admin.stock.documents import StockDocumentPages
from dashboard.admin.stock.editing import EditableStockRows, StockForm
from dashboard.admin.stock.import_export import StockImportExport
from dashboard.admin.stock.ledger import StockEntryInline
from dashboard.models import StockItem
from dashboard.selectors.stock import size_span, stock_table
from dashboard.services.stock import PERMISSION, open_stock, set_stock
from dashboard.site import staff_site
from plugins.inventory.documents import staff_name_of
from plugins.inventory.models import StockReason
from plugins.inventory.quantities import QUARANTINE

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
