"""Variants."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from saleor.product.models import ProductVariant

from dashboard.admin.base import SaleorModelAdmin
from dashboard.admin.content_parts import PERMISSION, SingleSizeInline
from dashboard.admin.products import settle
from dashboard.roles import MANAGE_STOCK
from dashboard.site import staff_site


@admin.register(ProductVariant, site=staff_site)
class VariantAdmin(SaleorModelAdmin):
    """Variants: searched by the stock form, and where a single gets its size."""

    required_permission = PERMISSION
    list_display = ("sku", "product", "name")
    list_select_related = ("product",)
    search_fields = ("sku", "name", "product__name")
    ordering = ("sku",)
    can_add = False  # a variant is added on its product's page
    fields = ("sku", "name", "price_override_amount", "track_inventory")
    inlines = (SingleSizeInline,)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those who keep stock choose a variant in their forms; its page is not for them."""
        match = request.resolver_match
        choosing = match is not None and match.url_name == "autocomplete"
        keeps_stock = request.user.has_perm(MANAGE_STOCK)
        return (choosing and keeps_stock) or super().has_view_permission(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the size, then see to what follows for the product."""
        super().save_related(request, form, formsets, change)
        settle(request, form.instance.product)
