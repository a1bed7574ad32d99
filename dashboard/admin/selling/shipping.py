"""Shipping zones and their delivery methods."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_countries import countries
from measurement.measures import Weight
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.warehouse.models import Warehouse
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from dashboard.admin.base import SaleorModelAdmin, SaleorStackedInline
from dashboard.site import staff_site
from plugins.inventory.quantities import QUARANTINE
from product_content.catalogue.adapters.shop import set_delivery_days
from product_content.models import MAX_DELIVERY_DAYS
from product_content.selectors.variants import is_printable

MAX_GRAMS = 1_000_000  # a tonne: more goes by no parcel


def _whole_number(label: str, most: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=most,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=help_text,
    )


class ShippingMethodForm(forms.ModelForm):
    """A delivery method; its limits must leave room for some order.

    Without working days, customers are told no day on which it comes.
    """

    min_grams = _whole_number("From weight (g)", MAX_GRAMS, "Of the goods together.")
    max_grams = _whole_number("Up to weight (g)", MAX_GRAMS, "Empty: however heavy.")
    min_days = _whole_number("Fewest working days", MAX_DELIVERY_DAYS)
    max_days = _whole_number("Most working days", MAX_DELIVERY_DAYS)
    carrier_option = forms.RegexField(
        r"^[A-Za-z0-9_:/=,.+-]*$",
        label="Carrier's code",
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text="What the carrier that sells labels calls this way of sending.",
        error_messages={"invalid": "Copy the code from the carrier's list, without blanks."},
    )

    class Meta:
        labels = {"type": "Offered by"}
        help_texts = {"type": "The price of the goods, or their weight: its limits are below."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [  # type: ignore[attr-defined]
            (ShippingMethodType.PRICE_BASED, "Price"),
            (ShippingMethodType.WEIGHT_BASED, "Weight"),
        ]
        if self.instance.pk:
            self.initial.update(_weights_of(self.instance), **_days_of(self.instance))

    def save(self, commit: bool = True) -> ShippingMethod:
        """Save the method with its weights and days."""
        data = self.cleaned_data
        if self.instance.type == ShippingMethodType.WEIGHT_BASED:
            most = data.get("max_grams")
            self.instance.minimum_order_weight = Weight(g=data.get("min_grams") or 0)
            self.instance.maximum_order_weight = Weight(g=most) if most else None
        method = super().save(commit)
        days = [data.get(name) for name in ("min_days", "max_days")]
        option = data.get("carrier_option") or ""
        set_delivery_days(method, [day for day in days if day], carrier_option=option)
        return method

    def clean(self) -> dict[str, Any]:
        """Refuse turned limits, half a range of days, and limits of the other type."""
        data = super().clean() or self.cleaned_data
        if (data.get("min_days") is None) != (data.get("max_days") is None):
            self.add_error("max_days", "Write both numbers of days, or neither.")
        elif data.get("carrier_option") and data.get("min_days") is None:
            self.add_error("max_days", "A method with a carrier's code needs its working days.")
        self._refuse_turned("min_days", "max_days", "the fewest days")
        self._refuse_turned(*_PRICES, "the minimum")
        self._refuse_turned(*_WEIGHTS, "the lowest weight")
        by_weight = data.get("type") == ShippingMethodType.WEIGHT_BASED
        for name in _PRICES if by_weight else _WEIGHTS:
            if data.get(name) and name in self.changed_data:
                self.add_error(
                    name, f"This method is offered by {'weight' if by_weight else 'price'}."
                )
        return data

    def _refuse_turned(self, lowest: str, highest: str, called: str) -> None:
        low, high = self.cleaned_data.get(lowest), self.cleaned_data.get(highest)
        if low is not None and high is not None and low > high:
            self.add_error(highest, f"This is less than {called}.")


_PRICES = ("minimum_order_price_amount", "maximum_order_price_amount")
_WEIGHTS = ("min_grams", "max_grams")
_DAYS = ("min_days", "max_days")


def _weights_of(method: ShippingMethod) -> dict[str, int | None]:
    if method.type != ShippingMethodType.WEIGHT_BASED:
        return {}
    low, high = method.minimum_order_weight, method.maximum_order_weight
    return {
        "min_grams": round(low.g) or None if low else None,
        "max_grams": round(high.g) if high else None,
    }


def _days_of(method: ShippingMethod) -> dict[str, int | str]:
    time = getattr(method, "delivery_time", None)
    names = ("min_days", "max_days", "carrier_option")
    return {} if time is None else {name: getattr(time, name) for name in names}


class ShippingZoneForm(forms.ModelForm):
    """A zone with countries of its own, or the default one for all other countries.

    A warehouse that is the only one is chosen by itself for a new zone.
    """

    warehouses = forms.ModelMultipleChoiceField(
        queryset=Warehouse.objects.exclude(slug=QUARANTINE).order_by("name"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        label="Sent from",
        help_text="Without a warehouse, customers are not offered this zone: there is nothing to "
        "send.",
    )

    class Meta:
        help_texts = {"default": "Serves every country that no other zone names."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: QuerySet[Warehouse] = self.fields["warehouses"].queryset  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["warehouses"] = list(known.filter(shipping_zones=self.instance))
        elif len(only := list(known[:2])) == 1:
            self.initial["warehouses"] = only

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        self.instance.warehouses.set(self.cleaned_data["warehouses"])

    def clean(self) -> dict[str, Any]:
        """Refuse a zone without countries, or with one that is served or has no address layout."""
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
    if unknown := [code for code in codes if not is_printable(code)]:
        return f"{dict(countries)[unknown[0]]} has no addresses that a label could have."
    for zone in others.filter(default=False):
        if both := [country.name for country in zone.countries if country.code in codes]:
            return f"{both[0]} is in the zone “{zone.name}” already."
    return ""


class ShippingMethodInline(SaleorStackedInline):
    """The ways of delivery into a zone."""

    required_permission = "shipping.manage_shipping"
    model = ShippingMethod
    form = ShippingMethodForm
    verbose_name = "delivery method"
    verbose_name_plural = "Delivery methods"
    fields = ("name", ("price_amount", "type"), _PRICES, _WEIGHTS, _DAYS, "carrier_option")


@admin.register(ShippingZone, site=staff_site)
class ShippingZoneAdmin(SaleorModelAdmin):
    """Countries that share their delivery methods."""

    form = ShippingZoneForm
    required_permission = "shipping.manage_shipping"
    list_display = ("name", "default", "country_count", "methods", "sent_from")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "default", "countries", "warehouses")
    inlines = (ShippingMethodInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingZone]:
        """Return the zones with their methods."""
        return super().get_queryset(request).prefetch_related("shipping_methods", "warehouses")

    @display(description="Countries")
    def country_count(self, zone: ShippingZone) -> int:
        """Return how many countries the zone has."""
        return len(zone.countries)

    @display(description="Methods")
    def methods(self, zone: ShippingZone) -> str:
        """Return the names of the methods."""
        return ", ".join(method.name for method in zone.shipping_methods.all()) or "-"

    @display(description="Sent from", label={"Nowhere yet: not offered": "warning"})
    def sent_from(self, zone: ShippingZone) -> str:
        """Return the names of the warehouses."""
        names = ", ".join(warehouse.name for warehouse in zone.warehouses.all())
        return names or "Nowhere yet: not offered"
