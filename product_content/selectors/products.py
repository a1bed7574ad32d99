"""A product's page, with the warning that every product with magnets carries.

The warning is fixed here so that no such product can lack it. Facts: the claims magnets-implants,
magnets-distance and magnets-not-shown in data/sources.yaml.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from saleor.product.models import Product

from product_content.kinds import KINDS
from product_content.languages import languages_of, localized, translated_text
from product_content.models import (
    DeviceClass,
    Firmness,
    GuideProduct,
    Latex,
    Magnet,
    Marking,
    ProductDetail,
)
from product_content.page_changes import kept_value
from product_content.photos import PHOTOS_SQL
from product_content.rendering import link_citations, render_line, render_text
from product_content.selectors.guides import guide_links
from product_content.selectors.lists import (
    Chart,
    Prices,
    build_cards,
    build_options,
    chart,
    pictures_of,
    product_url,
    sizes_of,
)
from product_content.selectors.variants import (
    PRODUCT_SQL,
    VISIBLE_SQL,
    Row,
    build_rating,
    fetch_rows,
    not_for_sale,
    prices_of,
    run,
)
from product_content.types import ProductCard, ProductPage, SafetyFacts

MAGNET_WARNINGS = (
    _(
        "Do not use or carry this product if you, or someone you are close to while using it, "
        "has a pacemaker, a defibrillator, an insulin or other pump, a neurostimulator, a shunt, "
        "a cochlear or other hearing implant, an aneurysm clip, a stent, a coil, an implant in the "
        "eye, metal splinters in the eye or a metal plate in the skull. Magnets can change how "
        "implants work, or move them. Keep it at least 15 cm away from them."
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
    category_id: int
    description_markdown: str
    description_html: str
    in_the_box: str
    latex: str
    cleaning: str
    lubricant: str
    intended_use: str
    not_studied_for: str
    magnet_type: str
    magnet_field: str
    photos: list[list[Any]]


_TEXTS_SQL = f"""
SELECT p.id, p.category_id, d.description_markdown, d.description_html, d.in_the_box,
    c.latex, c.cleaning, c.lubricant, c.intended_use, c.not_studied_for,
    c.magnet_type, c.magnet_field, ARRAY({PHOTOS_SQL})
FROM {PRODUCT_SQL} WHERE {VISIBLE_SQL} AND p.slug = %(slug)s
"""  # noqa: S608  constants only
# The product itself, and those of its kind that share most sizes with it. Candidates are the
# oldest of each of its sizes, and of its kind, so that thousands of products cost no more.
_CANDIDATES = 20  # with one size
_OWN_AND_NEAREST = f"""
p.id = %(id)s OR p.id = ANY(ARRAY(
    SELECT p.id FROM (
        SELECT near.product_id FROM product_content_setsize mine, LATERAL (
            SELECT other.product_id FROM product_content_setsize other
            WHERE other.size_id = mine.size_id ORDER BY other.product_id LIMIT {_CANDIDATES}) near
        WHERE mine.product_id = %(id)s
        UNION (
            SELECT p.id FROM product_product p
            WHERE p.category_id = %(category)s ORDER BY p.id LIMIT {_CANDIDATES})
    ) candidate, {PRODUCT_SQL}
    WHERE p.id = candidate.product_id AND {VISIBLE_SQL} AND p.id <> %(id)s
    ORDER BY (SELECT count(*) FROM product_content_setsize other
        JOIN product_content_setsize mine USING (size_id)
        WHERE other.product_id = p.id AND mine.product_id = %(id)s) DESC, p.id
    LIMIT {RELATED}))
"""  # noqa: S608  constants only


def get_product(kind: str, slug: str) -> ProductPage | None:
    """Return the page of a visible product, or None; four queries."""
    if kind not in KINDS:
        return None
    texts = next((Texts._make(v) for v in run(_TEXTS_SQL, [kind], {"slug": slug})), None)
    if texts is None:
        return None
    own_and_kind = {"id": texts.product_id, "category": texts.category_id}
    rows = fetch_rows([kind], _OWN_AND_NEAREST, own_and_kind)
    own = [row for row in rows if row.product_id == texts.product_id]
    sizes, prices = chart(), prices_of(rows)
    if not own or (KINDS[kind].lists_sizes and not own[0].set_size_ids):
        return None
    others = [row for row in rows if row.product_id != texts.product_id]
    return _page(own, texts, sizes, build_cards(others, sizes, prices), prices)


def products_changed_on() -> dict[int, date]:
    """Return the day on which each product was last saved, by its id; one query."""
    return kept_value("days of products", _days_of_products)


def _days_of_products() -> dict[int, date]:
    rows = Product.objects.exclude(updated_at=None).values_list("pk", "updated_at")
    return {pk: timezone.localdate(at) for pk, at in rows}


def moved_product(slug: str) -> str | None:
    """Return the address of the visible product that has this slug, or once had it; or None.

    One that has it now is asked for under another kind's address: it was moved. Two queries.
    """
    named = Q(slug=slug) | Q(former_slugs__slug=slug)
    ids = list(Product.objects.filter(named).values_list("pk", flat=True).distinct())
    rows = fetch_rows(only="p.id = ANY(%(ids)s)", params={"ids": ids}) if ids else []
    found = sorted(rows, key=lambda row: row.product_slug != slug)
    return product_url(found[0].kind, found[0].product_slug) if found else None


def _page(
    rows: list[Row],
    texts: Texts,
    sizes: Chart,
    related: list[ProductCard],
    prices: Prices,
) -> ProductPage:
    row, options = rows[0], build_options(rows, sizes, prices)
    cheapest = min(options, key=lambda option: option.price.amount)
    own_sizes = sizes_of(row, options, sizes)
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
        sizes=own_sizes,
        photos=pictures_of(row, texts.photos, own_sizes),
        safety_card=_safety(row, texts),
        not_for_sale=not_for_sale(row.papers),
        guides=guide_links(GuideProduct.objects.filter(product_id=row.product_id)),
        related=tuple(related),
        review_count=row.marks[0] or 0,
        rating=build_rating(row.marks),
        **_languages(texts.description_markdown),
    )


def _languages(description: str) -> dict[str, Any]:
    languages = languages_of(description)
    active = get_language() or settings.LANGUAGE_CODE
    return {
        "language": active if active in languages else settings.LANGUAGE_CODE,
        "languages": languages,
    }


def languages_by_product() -> dict[str, tuple[str, ...]]:
    """Return, by its slug, in which languages each product's text can be read; one query."""
    return kept_value("languages of products", _languages_of_products)


def _languages_of_products() -> dict[str, tuple[str, ...]]:
    texts = ProductDetail.objects.values_list("product__slug", "description_markdown")
    return {slug: languages_of(description) for slug, description in texts}


def _description(texts: Texts) -> str:
    translated = translated_text(texts.description_markdown)
    if translated == texts.description_markdown:
        return _with_links(texts.description_html)
    return _with_links(render_text(translated))


def _with_links(html: str) -> str:
    """Return clean HTML in which each claim links to where the shop says how it knows."""
    return link_citations(html, localized("/how-we-know/"), gettext("How we know"))


def _cited(text: str) -> str:
    return _with_links(render_line(translated_text(text)))


def _safety(row: Row, texts: Texts) -> SafetyFacts:
    magnetic = row.magnet == Magnet.STATIC
    return SafetyFacts(
        material=row.material,
        firmness=str(Firmness(row.firmness).label),
        latex=str(Latex(texts.latex).label),
        magnet=str(Magnet(row.magnet).label),
        cleaning=_cited(texts.cleaning),
        lubricant=_cited(texts.lubricant),
        intended_use=_cited(texts.intended_use),
        not_studied_for=_cited(texts.not_studied_for),
        magnetic=magnetic,
        warnings=tuple(map(str, MAGNET_WARNINGS)) if magnetic else (),
        papers=(*_papers(row), *(_magnets(texts) if magnetic else ())),
        ask_first=KINDS[row.kind].has_sizes,
    )


_PAPERS = (_("Maker"), _("Device class"), _("Marking"), _("Batch"), _("UDI"), _("Importer"))


def _papers(row: Row) -> list[tuple[str, str]]:
    """Return the maker's facts with their names, in the order of `PAPERS_SQL`."""
    words = {**dict(DeviceClass.choices), **dict(Marking.choices)}
    values = [str(words.get(value, value)) for value in row.papers]
    return list(zip(map(str, _PAPERS), values, strict=True))


def _magnets(texts: Texts) -> list[tuple[str, str]]:
    """Return what the maker says of the magnets; nobody guesses what is not known."""
    ask = gettext("Ask the maker: we do not have the figure.")
    return [
        (gettext("Type of magnets"), texts.magnet_type or ask),
        (gettext("Field of the magnets"), texts.magnet_field or ask),
    ]
