"""The size chart, and the list of each kind of product with its cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from prices import Money

from product_content.kinds import KINDS, SETS, SINGLES
from product_content.languages import localized
from product_content.models import Firmness, Magnet, Size
from product_content.photos import build_photos
from product_content.prices import UnitPrice
from product_content.selectors.variants import (
    Row,
    by_product,
    fetch_rows,
    not_for_sale,
    pieces,
    prices_of,
)
from product_content.types import ProductCard, SingleOffer, SizeInfo, VariantOption

MM_PER_INCH = 25.4
SIZE_FIELDS = ("number", "diameter_mm", "usable_length_mm", "weight_g")


def list_sizes() -> list[SizeInfo]:
    """Return the whole chart, smallest first; one query."""
    return list(chart().values())


def chart() -> dict[int, SizeInfo]:
    """Return the chart by primary key, smallest first; one query."""
    rows = Size.objects.order_by("number").values_list("pk", *SIZE_FIELDS)
    return {pk: size_info(*figures) for pk, *figures in rows}


@cache
def size_info(number: int, diameter_mm: int, usable_length_mm: int, weight_g: int) -> SizeInfo:
    """Return a step of the chart with its inches; equal figures share one value."""
    return SizeInfo(
        number=number,
        diameter_mm=diameter_mm,
        diameter_in=_inches(diameter_mm),
        usable_length_mm=usable_length_mm,
        usable_length_in=_inches(usable_length_mm),
        weight_g=weight_g,
    )


def _inches(millimetres: int) -> str:
    return f"{millimetres / MM_PER_INCH:.2f}"


Chart = Mapping[int, SizeInfo]
Prices = Mapping[int, UnitPrice]  # by variant id


def product_url(kind: str, slug: str) -> str:
    """Return the address of a product's page in the active language."""
    return localized(f"/{kind}/{slug}/")


def build_option(row: Row, sizes: Chart, prices: Prices) -> VariantOption:
    """Return what can be put into the basket; nothing is available of what may not be sold."""
    left = 0 if not_for_sale(row.papers) else pieces(row.track_inventory, row.left)
    return VariantOption(
        id=row.id,
        sku=row.sku,
        name=row.name,
        price=prices[row.id].price,
        full_price=prices[row.id].full,
        available=left,
        size=None if row.single_size_id is None else sizes[row.single_size_id],
    )


def lowest_price(rows: Iterable[Row], prices: Prices) -> Money:
    """Return what the cheapest variant costs now."""
    return min(prices[row.id].price for row in rows)


def build_options(rows: Iterable[Row], sizes: Chart, prices: Prices) -> list[VariantOption]:
    """Return the options of one product, smallest size first."""
    options = [build_option(row, sizes, prices) for row in rows]
    return sorted(options, key=lambda option: option.size.number if option.size else 0)


def build_cards(rows: Iterable[Row], sizes: Chart, prices: Prices) -> list[ProductCard]:
    """Return one card for each product, by smallest size, then number of sizes, then name.

    A set that names no sizes is left out: nobody could choose it by size.
    """
    cards = []
    for group in by_product(rows).values():
        options = build_options(group, sizes, prices)
        own = sizes_of(group[0], options, sizes)
        if own or not KINDS[group[0].kind].lists_sizes:
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
        not_for_sale=not_for_sale(row.papers),
        magnetic=row.magnet == Magnet.STATIC,
        photo=next(iter(build_photos(row.photos)), None),
    )


def _order(card: ProductCard) -> tuple[int, int, str]:
    smallest = card.sizes[0].number if card.sizes else 0
    return (smallest, len(card.sizes), card.name)


def list_sets() -> list[ProductCard]:
    """Return the sets; two queries."""
    return list_products(SETS.slug)


def list_products(kind: str) -> list[ProductCard]:
    """Return the products of a kind, given by its slug; two queries."""
    rows = fetch_rows([kind])
    return build_cards(rows, chart(), prices_of(rows))


def singles_by_size() -> dict[int, tuple[SingleOffer, ...]]:
    """Return what is sold singly in each size, by its number; those without magnets first.

    Two queries. A size that nothing comes in has no entry.
    """
    rows, sizes = fetch_rows([SINGLES.slug]), chart()
    prices = prices_of(rows)
    found: defaultdict[int, list[SingleOffer]] = defaultdict(list)
    for row in rows:
        option = build_option(row, sizes, prices)
        if option.size is not None:
            url = f"{product_url(row.kind, row.product_slug)}?option={option.id}"
            magnetic = row.magnet == Magnet.STATIC
            found[option.size.number].append(SingleOffer(row.product_name, url, magnetic, option))
    return {
        number: tuple(sorted(offers, key=lambda offer: (offer.magnetic, offer.name)))
        for number, offers in sorted(found.items())
    }
