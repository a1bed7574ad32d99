"""Shipping zones and their delivery methods."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from saleor.shipping.models import ShippingMethod, ShippingZone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from dashboard.admin.base import SaleorModelAdmin, SaleorTabularInline
from dashboard.site import staff_site
from product_content.catalogue.adapters.shop import set_delivery_days
from product_content.models import MAX_DELIVERY_DAYS


def _days_field(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MAX_DELIVERY_DAYS,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class ShippingMethodForm(forms.ModelForm):
    """A delivery method; its limits must leave room for some order.

    Without working days, customers are told no day on which it comes.
    """

    min_days = _days_field("Fewest working days")
    max_days = _days_field("Most working days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        time = getattr(self.instance, "delivery_time", None) if self.instance.pk else None
        if time is not None:
            self.initial.update(min_days=time.min_days, max_days=time.max_days)

    def save(self, commit: bool = True) -> ShippingMethod:
        """Save the method with its days."""
        method = super().save(commit)
        days = [self.cleaned_data.get(name) for name in ("min_days", "max_days")]
        set_delivery_days(method, [day for day in days if day])
        return method

    def clean(self) -> dict[str, Any]:
        """Refuse a minimum above the maximum, and half a range of days."""
        data = super().clean() or self.cleaned_data
        fewest, most = data.get("min_days"), data.get("max_days")
        if (fewest is None) != (most is None):
            self.add_error("max_days", "Write both numbers of days, or neither.")
        elif fewest is not None and fewest > most:
            self.add_error("max_days", "This is less than the fewest days.")
        minimum = data.get("minimum_order_price_amount")
        maximum = data.get("maximum_order_price_amount")
        if minimum is not None and maximum is not None and minimum > maximum:
            self.add_error("maximum_order_price_amount", "This is less than the minimum.")
        return data


class ShippingZoneForm(forms.ModelForm):
    """A zone with countries of its own, or the default one for all other countries."""

    class Meta:
        help_texts = {"default": "Serves every country that no other zone names."}

    def clean(self) -> dict[str, Any]:
        """Refuse a zone without countries, or with a country of another zone."""
        data = super().clean() or self.cleaned_data
        others = ShippingZone.objects.exclude(pk=self.instance.pk)
        if data.get("default"):
            if rest := others.filter(default=True).first():
                self.add_error("default", f"“{rest.name}” serves all other countries already.")
        elif "countries" in data and (problem := _country_problem(list(data["countries"]), others)):
            self.add_error("countries", problem)
        return data


def _country_problem(codes: list[str], others: QuerySet[ShippingZone]) -> str:
    if not codes:
        return "Choose at least one country: the zone would serve nobody."
    for zone in others.filter(default=False):
        if both := [country.name for country in zone.countries if country.code in codes]:
            return f"{both[0]} is in the zone “{zone.name}” already."
    return ""


class ShippingMethodInline(SaleorTabularInline):
    """The ways of delivery into a zone."""

    required_permission = "shipping.manage_shipping"
    model = ShippingMethod
    form = ShippingMethodForm
    verbose_name_plural = "Delivery methods"
    hide_title = True
    fields = (
        "name",
        "type",
        "price_amount",
        "minimum_order_price_amount",
        "maximum_order_price_amount",
        "min_days",
        "max_days",
    )


@admin.register(ShippingZone, site=staff_site)
class ShippingZoneAdmin(SaleorModelAdmin):
    """Countries that share their delivery methods."""

    form = ShippingZoneForm
    required_permission = "shipping.manage_shipping"
    list_display = ("name", "default", "country_count", "methods")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "default", "countries")
    inlines = (ShippingMethodInline,)

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
