"""One variant, as the person who wants to buy it needs to know it."""

from __future__ import annotations

from dataclasses import dataclass

from product_content.selectors.availability import pieces
from product_content.selectors.cards import product_url
from product_content.selectors.rows import fetch_rows


@dataclass(frozen=True, slots=True)
class ForSale:
    """A variant that customers may see; `available` in pieces for the shop's own country."""

    name: str
    url: str
    available: int


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
    )
