"""What hangs on a product: its variants, texts, sizes and safety card."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from saleor.product.models import ProductVariant

from dashboard.admin.base import SaleorStackedInline, SaleorTabularInline
from product_content.models import ProductDetail, SafetyCard, SetSize, SingleSize

PERMISSION = "product.manage_products"


class VariantInline(SaleorTabularInline):
    """What can be put into a basket. Stock is changed in the stock area, with a reason."""

    required_permission = PERMISSION
    model = ProductVariant
    verbose_name_plural = "Variants"
    fields = ("sku", "name", "price_override_amount", "track_inventory")
    hide_title = True
    tab = True


class DetailInline(SaleorStackedInline):
    """The texts of the product's page."""

    required_permission = PERMISSION
    model = ProductDetail
    verbose_name = verbose_name_plural = "Texts"
    fields = ("summary", "description_markdown", "in_the_box")
    tab = True


class SetSizeFormSet(BaseInlineFormSet):
    """The sizes of a set, which keeps at least one of those it has."""

    def clean(self) -> None:
        """Say before saving what the database would refuse at the end of it."""
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data.get("size")]
        kept = [form for form in kept if not form.cleaned_data.get("DELETE")]
        if self.initial_form_count() and not kept:
            raise ValidationError("A set keeps at least one size. Put another one in first.")


class SetSizeInline(SaleorTabularInline):
    """The sizes a set contains."""

    required_permission = PERMISSION
    model = SetSize
    formset = SetSizeFormSet
    can_remove = True
    verbose_name_plural = "Sizes in the set"
    fields = ("size",)
    hide_title = True
    tab = True


class SafetyCardInline(SaleorStackedInline):
    """The safety card; it is complete or it is not saved."""

    required_permission = PERMISSION
    model = SafetyCard
    verbose_name = verbose_name_plural = "Safety card"
    fields = (
        ("material", "firmness"),
        ("latex", "magnet"),
        "cleaning",
        "lubricant",
        "intended_use",
        "not_studied_for",
    )
    tab = True


class SingleSizeInline(SaleorStackedInline):
    """The size of a variant that is sold singly."""

    required_permission = PERMISSION
    model = SingleSize
    can_remove = True
    verbose_name = verbose_name_plural = "Size"
    fields = ("size",)
