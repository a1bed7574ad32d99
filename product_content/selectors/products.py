"""A product's page."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, QuerySet
from saleor.product.models import Product, ProductVariant

from product_content.models import Firmness, GuideProduct, Latex, Magnet, SetSize
from product_content.safety import MAGNET_WARNINGS
from product_content.selectors.cards import build_cards, build_option, product_url, single_sizes
from product_content.selectors.guide_links import guide_links
from product_content.selectors.prices import Discounts, running_discounts
from product_content.selectors.rows import COLUMNS, Row, by_product, fetch_rows, visible_variants
from product_content.selectors.sizes import sizes_by_set
from product_content.types import ProductCard, ProductPage, SafetyFacts, SizeInfo

RELATED = 3


class Texts(NamedTuple):
    """The long texts of a product, read with its variants."""

    description_html: str
    in_the_box: str
    latex: str
    cleaning: str
    lubricant: str
    intended_use: str
    not_studied_for: str


_TEXT_COLUMNS = (
    "product__detail__description_html",
    "product__detail__in_the_box",
    "product__safety_card__latex",
    "product__safety_card__cleaning",
    "product__safety_card__lubricant",
    "product__safety_card__intended_use",
    "product__safety_card__not_studied_for",
)


def get_product(kind: str, slug: str) -> ProductPage | None:
    """Return the page of a visible product, or None; at most five queries."""
    rows, texts = _own_rows(kind, slug)
    if not rows or texts is None:
        return None
    product_id = rows[0].product_id
    related = fetch_rows(_related(kind, product_id))
    ids = [product_id, *by_product(related)]
    sizes = sizes_by_set(ids) if kind == "sets" else {}
    discounts = running_discounts(ids)
    cards = build_cards(related, sizes, discounts)
    return _page(rows, texts, sizes.get(product_id, ()), cards, discounts)


def _own_rows(kind: str, slug: str) -> tuple[list[Row], Texts | None]:
    own = visible_variants().filter(product__category__slug=kind, product__slug=slug)
    found = list(own.values_list(*COLUMNS, *_TEXT_COLUMNS))
    rows = [Row._make(values[: len(COLUMNS)]) for values in found]
    return rows, Texts._make(found[0][len(COLUMNS) :]) if found else None


def _related(kind: str, product_id: int) -> QuerySet[ProductVariant]:
    """Return the variants of the products nearest to this one, most shared sizes first."""
    others = Product.objects.filter(category__slug=kind).exclude(pk=product_id)
    if kind == "sets":
        own_sizes = SetSize.objects.filter(product_id=product_id).order_by().values("size")
        others = others.filter(set_sizes__size__in=own_sizes)
    visible = visible_variants()
    shown = others.filter(pk__in=visible.order_by().values("product_id"))
    nearest = shown.annotate(shared=Count("set_sizes")).order_by("-shared", "pk")
    return visible.filter(product_id__in=nearest.values("pk")[:RELATED])


def _page(
    rows: list[Row],
    texts: Texts,
    set_sizes: tuple[SizeInfo, ...],
    related: list[ProductCard],
    discounts: Discounts,
) -> ProductPage:
    row, options = rows[0], tuple(build_option(row, discounts) for row in rows)
    cheapest = min(options, key=lambda option: option.price.amount)
    return ProductPage(
        id=row.product_id,
        kind=row.kind,
        slug=row.product_slug,
        name=row.product_name,
        summary=row.summary,
        url=product_url(row.kind, row.product_slug),
        description_html=texts.description_html,
        in_the_box=tuple(texts.in_the_box.splitlines()),
        price=cheapest.price,
        full_price=cheapest.full_price,
        currency=row.currency,
        several_prices=len({option.price.amount for option in options}) > 1,
        available=sum(option.available for option in options),
        variants=options,
        sizes=set_sizes or single_sizes(options),
        safety_card=_safety(row, texts),
        guides=guide_links(GuideProduct.objects.filter(product_id=row.product_id)),
        related=tuple(related),
    )


def _safety(row: Row, texts: Texts) -> SafetyFacts:
    magnetic = row.magnet == Magnet.STATIC
    return SafetyFacts(
        material=row.material,
        firmness=str(Firmness(row.firmness).label),
        latex=str(Latex(texts.latex).label),
        magnet=str(Magnet(row.magnet).label),
        cleaning=texts.cleaning,
        lubricant=texts.lubricant,
        intended_use=texts.intended_use,
        not_studied_for=texts.not_studied_for,
        magnetic=magnetic,
        warnings=MAGNET_WARNINGS if magnetic else (),
    )
