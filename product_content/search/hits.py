"""Turning found documents into what the page shows, with prices and stock of this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from product_content.languages import prefix, spoken
from product_content.models import GuideTopic
from product_content.search.highlights import marked
from product_content.search.types import GuideHit, ProductHit
from product_content.selectors.cards import build_cards, build_option
from product_content.selectors.guide_links import guide_url
from product_content.selectors.prices import running_discounts
from product_content.selectors.rows import by_product, fetch_rows
from product_content.types import ProductCard, SizeInfo, VariantOption

Sizes = Mapping[int, SizeInfo]  # by primary key


class Found(NamedTuple):
    """A document that was found, with PostgreSQL's marks in its texts."""

    id: int
    title: str
    snippet: str
    rank: float
    extra: Sequence[Any] = ()


def product_hits(
    found: list[Found], numbers: tuple[int, ...], sizes: Sizes
) -> tuple[ProductHit, ...]:
    """Return those of the found products that customers may see; two queries.

    `numbers` are the sizes asked for, `sizes` is the chart.
    """
    ids = [each.id for each in found]
    rows = fetch_rows(only="p.id = ANY(%(found)s)", params={"found": ids}) if ids else []
    discounts = running_discounts(rows)
    cards = {card.id: card for card in build_cards(rows, sizes, discounts)}
    options = {
        product_id: _of_size([build_option(row, sizes, discounts) for row in group], numbers)
        for product_id, group in by_product(rows).items()
    }
    hits = [
        _product_hit(each, cards[each.id], options[each.id]) for each in found if each.id in cards
    ]
    return tuple(sorted(hits, key=lambda hit: _nearness(hit.card, numbers)))


def _of_size(options: list[VariantOption], numbers: tuple[int, ...]) -> VariantOption | None:
    """Return the variant in the one size asked for, where there are several to choose from."""
    if len(options) == 1 or len(numbers) != 1:
        return None
    return next((each for each in options if each.size and each.size.number == numbers[0]), None)


def _product_hit(found: Found, card: ProductCard, option: VariantOption | None) -> ProductHit:
    return ProductHit(
        card=card,
        option=option,
        title=_shown(found.title, card.name),
        snippet=_shown(found.snippet, card.summary),
        url=f"{card.url}?option={option.id}" if option else card.url,
    )


def _shown(found: str, translated: str) -> SafeString:
    """Return an English text with its marks, or its translation, which has none."""
    return conditional_escape(translated) if prefix() else marked(found)


def _nearness(card: ProductCard, numbers: tuple[int, ...]) -> tuple[bool, bool, int]:
    """Put the size itself before sets around it, a small set before a big one.

    Who asks for several sizes means a set. What not everybody may use, because of its magnets,
    never comes first. Without a size the order stays as it was found.
    """
    if not numbers:
        return (False, False, 0)
    return ((card.kind == "singles") == (len(numbers) > 1), card.magnetic, len(card.sizes))


def guide_hit(found: Found) -> GuideHit:
    """Return a guide that was found."""
    slug, topic, minutes, title = found.extra
    return GuideHit(
        url=guide_url(slug),
        title=_shown(found.title, spoken(title)),
        snippet=marked(found.snippet),
        topic_label=str(GuideTopic(topic).label),
        minutes=minutes,
    )
