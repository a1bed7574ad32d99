"""The size chart, and the list of each kind of product with its cards."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from prices import Money
from saleor.product.models import Product

from product_content.kinds import KINDS, SETS, SINGLES
from product_content.languages import localized, prefix, translated_text
from product_content.models import Firmness, Guide, Magnet, Size
from product_content.page_changes import kept_value, notes_of_page
from product_content.photos import build_photos
from product_content.pictures import describe_picture, rendered_picture
from product_content.prices import UnitPrice
from product_content.selectors.variants import (
    LEFT_SQL,
    PAPERS_SQL,
    PRODUCT_SQL,
    VISIBLE_SQL,
    Row,
    build_rating,
    by_product,
    fetch_rows,
    not_for_sale,
    pieces,
    prices_of,
    run,
)
from product_content.types import (
    Photo,
    ProductCard,
    ProductOutline,
    SingleOffer,
    SizeInfo,
    VariantOption,
)

MM_PER_INCH = 25.4
SIZE_FIELDS = ("number", "diameter_mm", "usable_length_mm", "weight_g")


def list_sizes() -> list[SizeInfo]:
    """Return the whole chart, smallest first; one query."""
    return list(chart().values())


def chart() -> dict[int, SizeInfo]:
    """Return the chart by primary key, smallest first; one query, or one for a whole kept page."""
    notes = notes_of_page()
    if notes is None:
        return _read_chart()
    if _CHART not in notes:
        notes[_CHART] = _read_chart()
    return dict(notes[_CHART])


_CHART = "chart"


def _read_chart() -> dict[int, SizeInfo]:
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


def _inches(millimetres: int) -> Decimal:
    """Return inches; not as text, so that templates write them as the language does."""
    return Decimal(f"{millimetres / MM_PER_INCH:.2f}")


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
    """Return one card for each product: first what suits most people, then by smallest size.

    Those with the same smallest size go by the number of sizes, then by name.
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
        photo=next(iter(pictures_of(row, row.photos, sizes)), None),
        rating=build_rating(row.marks),
    )


def pictures_of(
    row: Row, photos: list[list[Any]], sizes: tuple[SizeInfo, ...]
) -> tuple[Photo, ...]:
    """Return a product's photos, or where it has none its rendered picture, if it has one."""
    if taken := build_photos(photos):
        return taken
    words = describe_picture(row.product_name, sizes, together=KINDS[row.kind].lists_sizes)
    rendered = rendered_picture(row.picture, words)
    return (rendered,) if rendered else ()


def _order(one: ProductOutline) -> tuple[bool, int, int, str]:
    smallest = one.sizes[0].number if one.sizes else 0
    return (not one.suits_most, smallest, len(one.sizes), one.name)


def list_sets() -> list[ProductCard]:
    """Return the sets; two queries."""
    return list_products(SETS.slug)


def list_products(kind: str) -> list[ProductCard]:
    """Return the products of a kind, given by its slug; two queries."""
    rows = fetch_rows([kind])
    return build_cards(rows, chart(), prices_of(rows))


def cards_of(outlines: Collection[ProductOutline]) -> list[ProductCard]:
    """Return the cards of a few products of a list, in the same order; two queries, or none."""
    if not outlines:
        return []
    place = {one.id: number for number, one in enumerate(outlines)}
    rows = fetch_rows(only="p.id = ANY(%(ids)s)", params={"ids": list(place)})
    cards = build_cards(rows, chart(), prices_of(rows))
    return sorted(cards, key=lambda card: place[card.id])


# Sizes are gathered for all products at once: a look for each costs twice as much among thousands.
# Lists come as text, which is read once for all products that have the same.
_OUTLINES_SQL = f"""
SELECT p.id, p.slug, p.name, c.material, c.firmness, c.magnet,
    to_jsonb(coalesce(whole.sizes, own.sizes))::text, {{papers}}, {{pieces}}
FROM {PRODUCT_SQL}
LEFT JOIN (SELECT product_id, array_agg(size_id ORDER BY size_id) AS sizes
    FROM product_content_setsize GROUP BY product_id) whole ON whole.product_id = p.id
LEFT JOIN (SELECT v.product_id, array_agg(one.size_id ORDER BY one.size_id) AS sizes
    FROM product_content_singlesize one JOIN product_productvariant v ON v.id = one.variant_id
    GROUP BY v.product_id) own ON own.product_id = p.id
WHERE {VISIBLE_SQL} AND EXISTS (SELECT FROM product_productvariant v WHERE v.product_id = p.id)
ORDER BY p.id
"""  # noqa: S608  constants only
_PIECES_SQL = f"""
(SELECT sum(CASE WHEN v.track_inventory THEN greatest({LEFT_SQL}, 0) ELSE %(untracked)s END)
    FROM product_productvariant v WHERE v.product_id = p.id)
"""  # noqa: S608  constants only
_OUTLINES = _OUTLINES_SQL.format(papers="NULL", pieces="0")
_PAPERS = f"to_jsonb({PAPERS_SQL})::text"
_STOCKED = _OUTLINES_SQL.format(papers=_PAPERS, pieces=_PIECES_SQL)
_SOME_STOCK = f"""
SELECT p.id, {_PAPERS}, {_PIECES_SQL} FROM {PRODUCT_SQL} WHERE p.id = ANY(%(ids)s)
"""  # noqa: S608  constants only


def list_outlines(kind: str, *, stock: bool = False) -> tuple[ProductOutline, ...]:
    """Return what the products of a kind are chosen by, in the order of `list_products`.

    Two queries, or none for a kept page while they are known. Only with `stock` is it known what is
    available; else it is 0.
    """
    name = ("outlines", kind, prefix(), stock)
    return kept_value(name, lambda: _read_outlines(kind, stock=stock))


def _read_outlines(kind: str, *, stock: bool) -> tuple[ProductOutline, ...]:
    found = run(_STOCKED if stock else _OUTLINES, [kind], _untracked())
    translated = translated_text if prefix() else str
    material, sizes, is_sold = cache(translated), cache(_sizes_in(chart())), cache(_is_sold)
    firmness = {each.value: str(each.label) for each in Firmness}
    outlines = (
        ProductOutline(
            id=pk,
            slug=slug,
            kind=kind,
            name=translated(name),
            sizes=sizes(own),
            material=material(made_of),
            firmness=firmness[firm],
            firm=firm == Firmness.FIRM,
            magnetic=magnet == Magnet.STATIC,
            available=_available(pieces, papers, is_sold),
        )
        for pk, slug, name, made_of, firm, magnet, own, papers, pieces in found
    )
    without = not KINDS[kind].lists_sizes
    return tuple(sorted((one for one in outlines if one.sizes or without), key=_order))


def _sizes_in(sizes: Chart) -> Callable[[str | None], tuple[SizeInfo, ...]]:
    def read(ids: str | None) -> tuple[SizeInfo, ...]:
        wanted = json.loads(ids or "[]")
        return tuple(size for pk, size in sizes.items() if pk in wanted)

    return read


def pieces_of(product_ids: Collection[int]) -> dict[int, int]:
    """Return what can be bought of each product, in pieces, as `list_outlines` does.

    One query, or none.
    """
    if not product_ids:
        return {}
    found = run(_SOME_STOCK, KINDS, _untracked() | {"ids": list(product_ids)})
    is_sold = cache(_is_sold)
    return {pk: _available(pieces, papers, is_sold) for pk, papers, pieces in found}


def _untracked() -> dict[str, object]:
    return {"untracked": settings.MAX_CHECKOUT_LINE_QUANTITY}


def _available(
    pieces: Decimal | None, papers: str | None, is_sold: Callable[[str | None], bool]
) -> int:
    """Return the pieces that can be bought: none of what may not be sold, whatever is in stock."""
    return int(pieces) if pieces and is_sold(papers) else 0


def _is_sold(papers: str) -> bool:
    return not not_for_sale(json.loads(papers))


def names_to_try() -> list[str]:
    """Return the name of one product of each kind, and of a guide, to search for; two queries."""
    products = Product.objects.filter(is_published=True, category__slug__in=KINDS)
    first = products.order_by("category_id", "pk").distinct("category_id")
    guide = Guide.objects.filter(is_published=True).order_by("sort_order", "title")
    found = [*first.values_list("name", flat=True), *guide.values_list("title", flat=True)[:1]]
    return [translated_text(name) for name in found]


# For each size and sort, with magnets or without, the first singles; the index in migration 0015
# has them in this order, so a catalogue of thousands costs no more than one of twenty.
_FIRST_SINGLES = f"""
v.id = ANY(ARRAY(
    SELECT one.variant_id FROM product_content_size size, (VALUES (true), (false)) sort (magnetic),
    LATERAL (
        SELECT one.variant_id FROM product_content_singlesize one
        JOIN product_productvariant v ON v.id = one.variant_id, {PRODUCT_SQL}
        WHERE one.size_id = size.id AND p.id = v.product_id AND {VISIBLE_SQL}
            AND (c.magnet = 'static') = sort.magnetic
        ORDER BY one.variant_id LIMIT %(most)s) one))
"""  # noqa: S608  constants only


def singles_by_size(most: int = 1) -> dict[int, tuple[SingleOffer, ...]]:
    """Return what is sold singly in each size, by its number; those without magnets first.

    `most` of each sort, those that have been sold for longest. Two queries. A size that nothing
    comes in has no entry.
    """
    rows, sizes = fetch_rows([SINGLES.slug], _FIRST_SINGLES, {"most": most}), chart()
    prices = prices_of(rows)
    found: defaultdict[int, list[SingleOffer]] = defaultdict(list)
    for row in rows:
        option = build_option(row, sizes, prices)
        if option.size is not None:
            url = f"{product_url(row.kind, row.product_slug)}?option={option.id}"
            magnetic = row.magnet == Magnet.STATIC
            found[option.size.number].append(SingleOffer(row.product_name, url, magnetic, option))
    return {
        number: tuple(sorted(offers, key=lambda offer: (offer.magnetic, offer.option.id)))
        for number, offers in sorted(found.items())
    }
