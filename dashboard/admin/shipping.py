"""Where parcels go, and what it costs."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from saleor.shipping.models import ShippingMethod, ShippingZone
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin, SaleorTabularInline
from dashboard.site import staff_site


class MethodInline(SaleorTabularInline):
    """The ways of delivery into a zone."""

    required_permission = "shipping.manage_shipping"
    model = ShippingMethod
    verbose_name_plural = "Delivery methods"
    hide_title = True
    fields = (
        "name",
        "type",
        "price_amount",
        "minimum_order_price_amount",
        "maximum_order_price_amount",
    )


@admin.register(ShippingZone, site=staff_site)
class ZoneAdmin(SaleorModelAdmin):
    """Countries that share their delivery methods."""

    required_permission = "shipping.manage_shipping"
    list_display = ("name", "default", "country_count", "methods")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "default", "countries")
    inlines = (MethodInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingZone]:
        """Return the zones with their methods."""
        return super().get_queryset(request).prefetch_related("shipping_methods")

    @display(description="Countries")
    def country_count(self, zone: ShippingZone) -> int:
        """Return how many countries the zone has."""
        return len(zone.countries)

    @display(description="Methods")
    def methods(self, zone: ShippingZone) -> str:
        """Return the names of the methods."""
        return ", ".join(method.name for method in zone.shipping_methods.all()) or "-"
