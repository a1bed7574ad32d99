"""Vouchers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin, SavesOnlyChanges
from dashboard.admin.formatting import format_money, format_time
from dashboard.site import staff_site

_MAX_PERCENT = 100  # percent


class VoucherForm(forms.ModelForm):
    """The form of a voucher; it refuses vouchers that could never apply."""

    def clean_discount_value(self) -> Decimal:
        """Refuse a voucher that takes nothing off."""
        value: Decimal = self.cleaned_data["discount_value"]
        if value <= 0:
            raise ValidationError("Nothing would be taken off.")
        return value

    def clean(self) -> dict[str, Any]:
        """Refuse limits that contradict each other, and more than a hundred percent."""
        data = super().clean() or self.cleaned_data
        share = data.get("discount_value_type") == DiscountValueType.PERCENTAGE
        if share and data.get("discount_value", 0) > _MAX_PERCENT:
            self.add_error("discount_value", "No more than 100 % can be taken off.")
        if data.get("type") == VoucherType.SPECIFIC_PRODUCT and not data.get("products"):
            self.add_error("products", "Choose the products that it is for.")
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end <= start:
            self.add_error("end_date", "It would end before it begins.")
        return data


@admin.register(Voucher, site=staff_site)
class VoucherAdmin(SavesOnlyChanges, SaleorModelAdmin):
    """Discount codes. Orders count how often one was used."""

    form = VoucherForm
    required_permission = "discount.manage_discounts"
    list_display = ("code", "name", "off", "used_of", "begins", "ends")
    list_filter = ("type",)
    search_fields = ("code", "name")
    search_help_text = "Code or name"
    ordering = ("code",)
    autocomplete_fields = ("products",)
    readonly_fields = ("used",)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("type", "products"))}),
        (
            "What it takes off",
            {
                "fields": (
                    ("discount_value_type", "discount_value"),
                    ("apply_once_per_order", "apply_once_per_customer"),
                )
            },
        ),
        (
            "When it holds",
            {
                "fields": (
                    "start_date",
                    "end_date",
                    ("usage_limit", "used"),
                    ("min_spent_amount", "min_checkout_items_quantity"),
                    "countries",
                )
            },
        ),
    )

    @display(description="Takes off", ordering="discount_value")
    def off(self, voucher: Voucher) -> str:
        """Return the discount as an amount or as a share."""
        if voucher.discount_value_type == DiscountValueType.PERCENTAGE:
            return f"{voucher.discount_value.normalize():f} %"
        return format_money(voucher.discount_value, voucher.currency)

    @display(description="Used", ordering="used")
    def used_of(self, voucher: Voucher) -> str:
        """Return how often it was used, out of how often it may be."""
        return f"{voucher.used} of {voucher.usage_limit or 'any'}"

    @display(description="Begins", ordering="start_date")
    def begins(self, voucher: Voucher) -> str:
        """Return from when it is valid."""
        return format_time(voucher.start_date)

    @display(description="Ends", ordering="end_date")
    def ends(self, voucher: Voucher) -> str:
        """Return until when it is valid, or a dash."""
        return format_time(voucher.end_date)
