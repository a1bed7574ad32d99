"""Publish and hide products and guides, and update what depends on a product."""

from __future__ import annotations

from django.db import transaction
from saleor.product.models import Product
from saleor.product.utils.variant_prices import update_product_minimal_variant_price

from dashboard.selectors.catalogue import may_publish_product
from product_content.decisions import Refused
from product_content.models import Guide, claim_audiences
from product_content.policies import may_publish_guide
from product_content.search.indexing import index_products


class PublishRefused(Refused):
    """It stays hidden; `message` says why, for the person at the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@transaction.atomic
def publish_product(*, product_id: int) -> None:
    """Show the product to customers. Raises PublishRefused."""
    product = Product.objects.select_for_update().get(pk=product_id)
    allowed, reason = may_publish_product(product)
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
def refresh_product(*, product_id: int) -> str:
    """Bring the lowest price and the search up to date after a product or variant was saved.

    If customers see it but no longer may, it is hidden; return the reason then, otherwise "".
    """
    product = Product.objects.select_for_update().get(pk=product_id)
    update_product_minimal_variant_price(product)
    index_products(product_ids=[product_id])
    allowed, reason = may_publish_product(product)
    if allowed or not product.is_published:
        return ""
    hide_product(product_id=product_id)
    return reason


@transaction.atomic
def publish_guide(*, guide_id: int) -> None:
    """Show the guide to customers. Raises PublishRefused."""
    guide = Guide.objects.select_for_update().get(pk=guide_id)
    allowed, reason = may_publish_guide(
        text=guide.body_markdown, readers=guide.readers, claims=claim_audiences()
    )
    if not allowed:
        raise PublishRefused(f"“{guide}” stays a draft: {reason}.")
    Guide.objects.filter(pk=guide_id).update(is_published=True)


def unpublish_guide(*, guide_id: int) -> None:
    """Hide the guide from customers; what is linked to it stays so."""
    Guide.objects.filter(pk=guide_id).update(is_published=False)
