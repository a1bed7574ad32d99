"""Vouchers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest
from saleor.discount import DiscountValueType
from saleor.discount.models import Voucher
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin, format_time
from dashboard.site import staff_site
from plugins.ordering.codes import (
    code_owner,
    condition_problems,
    is_code,
    voucher_name,
    voucher_value,
    with_code,
)

_MAX_PERCENT = 100  # percent
_GOODS = ("products", "collections", "categories")
_COUNTS = ("usage_limit", "min_checkout_items_quantity")
_AT_LEAST_ONE = {"min_value": "Write 1 or more, or leave it empty for no limit."}


class VoucherForm(forms.ModelForm):
    """The form of a voucher; it refuses vouchers that could never apply, and codes that are taken.

    What it accepts is enforced: the rules stand in plugins/ordering/codes.py.
    """

    def clean_code(self) -> str:
        """Refuse a code without letters and digits, and one that reads as another's."""
        code: str = self.cleaned_data["code"].strip()
        if not is_code(code):
            raise ValidationError("A code needs at least one letter or digit.")
        if self._is_new_code(code) and (owner := code_owner(code, but_voucher=self.instance.pk)):
            raise ValidationError(
                f"A {owner} has this code already. Capitals, spaces and hyphens make no difference."
            )
        return code

    def _is_new_code(self, code: str) -> bool:
        return self.instance.pk is None or code != self.initial["code"]

    def clean_discount_value(self) -> Decimal:
        """Refuse a voucher that takes nothing off."""
        value: Decimal = self.cleaned_data["discount_value"]
        if value <= 0:
            raise ValidationError("Nothing would be taken off.")
        return value

    def clean_min_spent_amount(self) -> Decimal | None:
        """Keep no minimum where it is zero."""
        return self.cleaned_data["min_spent_amount"] or None

    def clean(self) -> dict[str, Any]:
        """Refuse conditions that contradict each other, or that this kind cannot have."""
        data = super().clean() or self.cleaned_data
        share = data.get("discount_value_type") == DiscountValueType.PERCENTAGE
        if share and data.get("discount_value", 0) > _MAX_PERCENT:
            self.add_error("discount_value", "No more than 100 % can be taken off.")
        problems = condition_problems(
            data.get("type"),
            once_per_order=bool(data.get("apply_once_per_order")),
            for_goods=any(data.get(field) for field in _GOODS),
        )
        for field, problem in problems.items():
            self.add_error(field, problem)
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end <= start:
            self.add_error("end_date", "It would end before it begins.")
        return data


@admin.register(Voucher, site=staff_site)
class VoucherAdmin(SaleorModelAdmin):
    """Discount codes. Orders count how often one was used."""

    form = VoucherForm
    required_permission = "discount.manage_discounts"
    list_display = ("code", "called", "off", "used_of", "begins", "ends")
    list_filter = ("type",)
    search_fields = ("code", "name")
    search_help_text = "Code or name"
    ordering = ("code",)
    autocomplete_fields = ("products",)
    readonly_fields = ("used",)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("type", "products"), "collections", "categories")}),
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

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form's field; a limit of zero would say nothing."""
        if db_field.name in _COUNTS:
            kwargs |= {"min_value": 1, "error_messages": _AT_LEAST_ONE}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Voucher], search_term: str
    ) -> tuple[QuerySet[Voucher], bool]:
        """Find by a part of code or name, and by a code in any spelling."""
        found, repeated = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return found, repeated
        same = with_code(Voucher.objects.all(), search_term).values("pk")
        return queryset.filter(Q(pk__in=same) | Q(pk__in=found.values("pk"))), repeated

    def title_of(self, obj: Voucher) -> str:
        """Return the code, which every voucher has."""
        return obj.code

    @display(description="Name", ordering="name")
    def called(self, voucher: Voucher) -> str:
        """Return what customers read beside the discount."""
        return voucher_name(voucher)

    @display(description="Takes off", ordering="discount_value")
    def off(self, voucher: Voucher) -> str:
        """Return the discount as an amount or as a share."""
        return voucher_value(voucher)

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
