"""Showing products to customers, hiding them, and keeping what follows from a change right."""

from __future__ import annotations

from django.db import transaction
from saleor.product.models import Product
from saleor.product.utils.variant_prices import update_product_minimal_variant_price

from dashboard.errors import PublishRefused
from dashboard.selectors.products import may_be_shown
from product_content.search.services import index_products


@transaction.atomic
def publish_product(*, product_id: int) -> None:
    """Show the product to customers. Raises PublishRefused."""
    product = Product.objects.select_for_update().get(pk=product_id)
    allowed, reason = may_be_shown(product)
    if not allowed:
        raise PublishRefused(f"{product.name} stays hidden: {reason}.")
    product.is_published = True
    product.save(update_fields=["is_published", "updated_at"])


def hide_product(*, product_id: int) -> None:
    """Hide the product from customers; orders that have it are not touched."""
    product = Product.objects.get(pk=product_id)
    product.is_published = False
    product.save(update_fields=["is_published", "updated_at"])


@transaction.atomic
def settle_product(*, product_id: int) -> str:
    """Bring the lowest price and the search up to date after a product or variant was saved.

    If customers see it but no longer may, it is hidden; return the reason then, otherwise "".
    """
    product = Product.objects.select_for_update().get(pk=product_id)
    update_product_minimal_variant_price(product)
    index_products(product_ids=[product_id])
    allowed, reason = may_be_shown(product)
    if allowed or not product.is_published:
        return ""
    hide_product(product_id=product_id)
    return reason
