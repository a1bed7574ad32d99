"""Building what lists show out of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prices import Money

from product_content.languages import localized
from product_content.models import Firmness, Magnet
from product_content.selectors.availability import pieces
from product_content.selectors.photos import build_photos
from product_content.selectors.prices import Discounts, full_price
from product_content.selectors.rows import Row, by_product
from product_content.types import ProductCard, SizeInfo, VariantOption

Chart = Mapping[int, SizeInfo]


def product_url(kind: str, slug: str) -> str:
    """Return the address of a product's page in the language of now (DESIGN.md, section 8)."""
    return localized(f"/{kind}/{slug}/")


def build_option(row: Row, sizes: Chart, discounts: Discounts) -> VariantOption:
    """Return what can be put into the basket."""
    return VariantOption(
        id=row.id,
        sku=row.sku,
        name=row.name,
        price=_price(row, discounts),
        full_price=full_price(row.price_override_amount, row.price_amount, row.currency),
        available=pieces(row.track_inventory, row.left),
        size=None if row.single_size_id is None else sizes[row.single_size_id],
    )


def lowest_price(rows: Iterable[Row], discounts: Discounts) -> Money:
    """Return what the cheapest variant costs now."""
    return min(_price(row, discounts) for row in rows)


def _price(row: Row, discounts: Discounts) -> Money:
    price = full_price(row.price_override_amount, row.price_amount, row.currency)
    return discounts.apply(price, product_id=row.product_id, category_id=row.category_id)


def build_options(rows: Iterable[Row], sizes: Chart, discounts: Discounts) -> list[VariantOption]:
    """Return the options of one product, smallest size first."""
    options = [build_option(row, sizes, discounts) for row in rows]
    return sorted(options, key=lambda option: option.size.number if option.size else 0)


def build_cards(rows: Iterable[Row], sizes: Chart, discounts: Discounts) -> list[ProductCard]:
    """Return one card for each product, by smallest size, then number of sizes, then name.

    A set that names no sizes is left out: nobody could choose it by size.
    """
    cards = []
    for group in by_product(rows).values():
        options = build_options(group, sizes, discounts)
        own = sizes_of(group[0], options, sizes)
        if own or group[0].kind != "sets":
            cards.append(_card(group[0], options, own))
    return sorted(cards, key=_order)


def sizes_of(row: Row, options: Iterable[VariantOption], sizes: Chart) -> tuple[SizeInfo, ...]:
    """Return the sizes of a set, or those of the variants; each once, smallest first."""
    if row.set_size_ids:
        return tuple(size for pk, size in sizes.items() if pk in row.set_size_ids)
    return tuple(dict.fromkeys(option.size for option in options if option.size))


def _card(row: Row, options: list[VariantOption], sizes: tuple[SizeInfo, ...]) -> ProductCard:
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
        firm=row.firmness == Firmness.FIRM,
        magnetic=row.magnet == Magnet.STATIC,
        photo=next(iter(build_photos(row.photos)), None),
    )


def _order(card: ProductCard) -> tuple[int, int, str]:
    smallest = card.sizes[0].number if card.sizes else 0
    return (smallest, len(card.sizes), card.name)
