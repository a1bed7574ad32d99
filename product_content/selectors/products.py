"""A product's page, with the warning that every product with magnets carries.

The warning is fixed here so that no such product can lack it. Facts: CMAJ 2007;177:736, and the
distance that makers of devices name.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from product_content.kinds import KINDS
from product_content.languages import translated_text
from product_content.models import Firmness, GuideProduct, Latex, Magnet
from product_content.photos import PHOTOS_SQL, build_photos
from product_content.rendering import render_text
from product_content.selectors.guides import guide_links
from product_content.selectors.lists import (
    Chart,
    Prices,
    build_cards,
    build_options,
    chart,
    product_url,
    sizes_of,
)
from product_content.selectors.variants import (
    PRODUCT_SQL,
    VISIBLE_SQL,
    Row,
    fetch_rows,
    prices_of,
    run,
)
from product_content.types import ProductCard, ProductPage, SafetyFacts

MAGNET_WARNINGS = (
    _(
        "Do not use or carry this product if you, or someone you are close to while using it, "
        "has a pacemaker, a defibrillator, an insulin or other pump, a neurostimulator or a "
        "programmable shunt. Magnets can change how these work. Keep it at least 15 cm away from "
        "them."
    ),
    _("Remove it and leave it outside the room before an MRI scan."),
    _(
        "Static magnets have not been shown to relieve pain. Choose this product for its shape "
        "and size, not for its magnets."
    ),
)


RELATED = 3


class Texts(NamedTuple):
    """The long texts of a product."""

    product_id: int
    description_markdown: str
    description_html: str
    in_the_box: str
    latex: str
    cleaning: str
    lubricant: str
    intended_use: str
    not_studied_for: str
    photos: list[list[Any]]


_TEXTS_SQL = f"""
SELECT p.id, d.description_markdown, d.description_html, d.in_the_box,
    c.latex, c.cleaning, c.lubricant, c.intended_use, c.not_studied_for,
    ARRAY({PHOTOS_SQL})
FROM {PRODUCT_SQL} WHERE {VISIBLE_SQL} AND p.slug = %(slug)s
"""  # noqa: S608  constants only
# The product itself, and those of its kind that share most sizes with it.
_OWN_AND_NEAREST = f"""
p.id = %(id)s OR p.id = ANY(ARRAY(
    SELECT p.id FROM {PRODUCT_SQL} LEFT JOIN product_content_setsize other
        ON other.product_id = p.id AND other.size_id IN (
            SELECT mine.size_id FROM product_content_setsize mine WHERE mine.product_id = %(id)s)
    WHERE {VISIBLE_SQL} AND p.id <> %(id)s
    GROUP BY p.id ORDER BY count(other.id) DESC, p.id LIMIT {RELATED}))
"""  # noqa: S608  constants only


def get_product(kind: str, slug: str) -> ProductPage | None:
    """Return the page of a visible product, or None; four queries."""
    if kind not in KINDS:
        return None
    texts = next((Texts._make(v) for v in run(_TEXTS_SQL, [kind], {"slug": slug})), None)
    if texts is None:
        return None
    rows = fetch_rows([kind], _OWN_AND_NEAREST, {"id": texts.product_id})
    own = [row for row in rows if row.product_id == texts.product_id]
    sizes, prices = chart(), prices_of(rows)
    if not own or (KINDS[kind].lists_sizes and not own[0].set_size_ids):
        return None
    others = [row for row in rows if row.product_id != texts.product_id]
    return _page(own, texts, sizes, build_cards(others, sizes, prices), prices)


def _page(
    rows: list[Row],
    texts: Texts,
    sizes: Chart,
    related: list[ProductCard],
    prices: Prices,
) -> ProductPage:
    row, options = rows[0], build_options(rows, sizes, prices)
    cheapest = min(options, key=lambda option: option.price.amount)
    return ProductPage(
        id=row.product_id,
        kind=row.kind,
        slug=row.product_slug,
        name=row.product_name,
        summary=row.summary,
        url=product_url(row.kind, row.product_slug),
        description_html=_description(texts),
        in_the_box=tuple(map(translated_text, texts.in_the_box.splitlines())),
        price=cheapest.price,
        full_price=cheapest.full_price,
        currency=row.currency,
        several_prices=len({option.price.amount for option in options}) > 1,
        available=sum(option.available for option in options),
        variants=tuple(options),
        sizes=sizes_of(row, options, sizes),
        photos=build_photos(texts.photos),
        safety_card=_safety(row, texts),
        guides=guide_links(GuideProduct.objects.filter(product_id=row.product_id)),
        related=tuple(related),
    )


def _description(texts: Texts) -> str:
    translated = translated_text(texts.description_markdown)
    if translated == texts.description_markdown:
        return texts.description_html
    return render_text(translated)


def _safety(row: Row, texts: Texts) -> SafetyFacts:
    magnetic = row.magnet == Magnet.STATIC
    return SafetyFacts(
        material=row.material,
        firmness=str(Firmness(row.firmness).label),
        latex=str(Latex(texts.latex).label),
        magnet=str(Magnet(row.magnet).label),
        cleaning=translated_text(texts.cleaning),
        lubricant=translated_text(texts.lubricant),
        intended_use=translated_text(texts.intended_use),
        not_studied_for=translated_text(texts.not_studied_for),
        magnetic=magnetic,
        warnings=tuple(map(str, MAGNET_WARNINGS)) if magnetic else (),
    )
