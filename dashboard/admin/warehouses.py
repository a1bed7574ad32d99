"""Where goods are kept, and which delivery zones are served from there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from saleor.warehouse.models import Warehouse
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin
from dashboard.services.warehouses import add_warehouse
from dashboard.site import staff_site
from plugins.inventory.selectors.levels import QUARANTINE


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
        """What is set aside is never sold, so its place never serves a zone."""
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
