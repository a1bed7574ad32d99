"""Showing products to customers, hiding them, and keeping their lowest price right."""

from __future__ import annotations

from django.db import transaction
from saleor.product.models import Product
from saleor.product.utils.variant_prices import update_product_minimal_variant_price

from dashboard.errors import PublishRefused
from dashboard.policies import may_publish
from product_content.models import SafetyCard


@transaction.atomic
def publish_product(*, product_id: int) -> None:
    """Show the product to customers. Raises PublishRefused."""
    product = Product.objects.select_for_update().get(pk=product_id)
    allowed, reason = may_publish(
        has_card=SafetyCard.objects.filter(product=product).exists(),
        has_variants=product.variants.exists(),
    )
    if not allowed:
        raise PublishRefused(f"{product.name} stays hidden: {reason}.")
    product.is_published = True
    product.save(update_fields=["is_published", "updated_at"])


def hide_product(*, product_id: int) -> None:
    """Hide the product from customers; orders that have it are not touched."""
    product = Product.objects.get(pk=product_id)
    product.is_published = False
    product.save(update_fields=["is_published", "updated_at"])


def refresh_lowest_price(*, product_id: int) -> None:
    """Work out the product's lowest price again, after a price or a variant changed."""
    update_product_minimal_variant_price(Product.objects.get(pk=product_id))
