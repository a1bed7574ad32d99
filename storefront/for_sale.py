"""One variant: whether it can be bought now, and an alert for when it is back in stock."""

from __future__ import annotations

from dataclasses import dataclass

from saleor.product.models import ProductVariant

from plugins.inventory.alerts import request_back_in_stock_alert, variant_of_token
from product_content.kinds import KINDS
from product_content.selectors.lists import product_url
from product_content.selectors.variants import fetch_rows, not_for_sale, pieces


@dataclass(frozen=True, slots=True)
class ForSale:
    """A variant that customers may see; `available` in pieces for the shop's own country.

    `not_for_sale` says why it cannot be bought, "" if it can.
    """

    name: str
    url: str
    available: int
    not_for_sale: str


def for_sale(variant_id: int) -> ForSale | None:
    """Return the variant, or None when customers may not see it; one query."""
    rows = fetch_rows(only="v.id = %(variant)s", params={"variant": variant_id})
    if not rows:
        return None
    row = rows[0]
    return ForSale(
        name=f"{row.product_name} ({row.name})" if row.name else row.product_name,
        url=product_url(row.kind, row.product_slug),
        available=pieces(row.track_inventory, row.left),
        not_for_sale=not_for_sale(row.papers),
    )


def request_variant_alert(*, variant: int, email: str, language: str) -> None:
    """Store an alert for this address; nothing for a variant that customers cannot see."""
    found = (
        ProductVariant.objects.select_related("product__category")
        .filter(pk=variant, product__is_published=True, product__category__slug__in=KINDS)
        .first()
    )
    if found is None:
        return
    request_back_in_stock_alert(variant_id=found.pk, email=email, language=language)


def page_of_link(token: str) -> str:
    """Return the address of the product's page to which a link in an e-mail leads, or ""."""
    variant = variant_of_token(token)
    found = for_sale(variant) if variant is not None else None
    return f"{found.url}?option={variant}" if found else ""
