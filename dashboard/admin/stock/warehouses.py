"""Warehouses, and which delivery zones each of them serves."""

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
from dashboard.site import staff_site
from plugins.inventory.quantities import QUARANTINE


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
