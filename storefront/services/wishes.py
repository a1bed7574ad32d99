"""Wishes of customers, from a product's page."""

from __future__ import annotations

from django.urls import reverse
from saleor.product.models import ProductVariant

from plugins.inventory.services import ask_to_be_told

_PAGES = {"sets": "set", "singles": "single", "care": "care_product"}


def wish_for(*, variant: int, email: str, language: str) -> None:
    """Remember to tell this address; a variant that is not shown to customers is not kept."""
    found = (
        ProductVariant.objects.select_related("product__category")
        .filter(pk=variant, product__is_published=True, product__category__slug__in=_PAGES)
        .first()
    )
    if found is None:
        return
    page = _PAGES[found.product.category.slug]
    path = reverse(f"storefront:{page}", args=[found.product.slug])
    ask_to_be_told(variant_id=found.pk, email=email, language=language, path=path)
