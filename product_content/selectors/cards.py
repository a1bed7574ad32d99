"""Building what lists show out of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from product_content.models import Firmness, Magnet
from product_content.selectors.availability import pieces
from product_content.selectors.prices import Discounts, full_price
from product_content.selectors.rows import Row, by_product
from product_content.types import ProductCard, SizeInfo, VariantOption

Sizes = tuple[SizeInfo, ...]


def product_url(kind: str, slug: str) -> str:
    """Return the address of a product's page (fixed in DESIGN.md, section 8)."""
    return f"/{kind}/{slug}/"


def build_option(row: Row, discounts: Discounts) -> VariantOption:
    """Return what can be put into the basket."""
    price = full_price(row.price_override_amount, row.price_amount, row.currency)
    return VariantOption(
        id=row.id,
        sku=row.sku,
        name=row.name,
        price=discounts.apply(price, product_id=row.product_id, category_id=row.category_id),
        full_price=price,
        available=pieces(row.track_inventory, row.left),
        size=row.size,
    )


def build_cards(
    rows: Iterable[Row], set_sizes: Mapping[int, Sizes], discounts: Discounts
) -> list[ProductCard]:
    """Return one card for each product, by smallest size, then number of sizes, then name.

    A set that names no sizes is left out: nobody could choose it by size.
    """
    cards = []
    for product_id, group in by_product(rows).items():
        options = [build_option(row, discounts) for row in group]
        sizes = set_sizes.get(product_id) or single_sizes(options)
        if sizes or group[0].kind != "sets":
            cards.append(_card(group[0], options, sizes))
    return sorted(cards, key=_order)


def single_sizes(options: Iterable[VariantOption]) -> Sizes:
    """Return the sizes of the variants that have one, each once, in their order."""
    return tuple(dict.fromkeys(option.size for option in options if option.size))


def _card(row: Row, options: list[VariantOption], sizes: Sizes) -> ProductCard:
    cheapest = min(options, key=lambda option: option.price.amount)
    return ProductCard(
        id=row.product_id,
        slug=row.product_slug,
        kind=row.kind,
        name=row.product_name,
        summary=row.summary,
        url=product_url(row.kind, row.product_slug),
        price=cheapest.price,
        full_price=cheapest.full_price,
        several_prices=len({option.price.amount for option in options}) > 1,
        available=sum(option.available for option in options),
        variant_id=row.id if len(options) == 1 else None,
        sizes=sizes,
        material=row.material,
        firmness=str(Firmness(row.firmness).label),
        magnetic=row.magnet == Magnet.STATIC,
    )


def _order(card: ProductCard) -> tuple[int, int, str]:
    smallest = card.sizes[0].number if card.sizes else 0
    return (smallest, len(card.sizes), card.name)
