"""What a search returns: found documents as the page shows them, with prices and stock of now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from prices import Money

from product_content.kinds import KINDS
from product_content.languages import prefix, translated_text
from product_content.models import GuideTopic
from product_content.selectors.guides import guide_url
from product_content.selectors.lists import build_cards, build_option
from product_content.selectors.variants import by_product, fetch_rows, prices_of
from product_content.types import ProductCard, SizeInfo, VariantOption


@dataclass(frozen=True, slots=True)
class ProductHit:
    """A product found. The texts are escaped and have the found words in <mark>.

    `option` is the variant in the one size asked for, where the product has several.
    """

    card: ProductCard
    option: VariantOption | None
    title: SafeString
    snippet: SafeString
    url: str

    @property
    def sizes(self) -> tuple[SizeInfo, ...]:
        """The size asked for, or all that the product has."""
        return (self.option.size,) if self.option and self.option.size else self.card.sizes

    @property
    def price(self) -> Money:
        """What the size asked for costs, or the cheapest."""
        return (self.option or self.card).price

    @property
    def available(self) -> int:
        """Pieces of the size asked for, or of all."""
        return (self.option or self.card).available


@dataclass(frozen=True, slots=True)
class GuideHit:
    """A guide found; `minutes` is its reading time."""

    url: str
    title: SafeString
    snippet: SafeString
    topic_label: str
    minutes: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found. `notes` are sentences for the page: corrections, nearest sizes."""

    products: tuple[ProductHit, ...] = ()
    guides: tuple[GuideHit, ...] = ()
    notes: tuple[str, ...] = ()
    guides_first: bool = False

    @property
    def total(self) -> int:
        """The number of products and guides shown."""
        return len(self.products) + len(self.guides)


# From Unicode's private use area: no text of ours has them, and PostgreSQL leaves them alone.
START, STOP = "\ue000", "\ue001"


def marked(text: str) -> SafeString:
    """Return `text` escaped, with <mark> where PostgreSQL put START and STOP."""
    safe = escape(text).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308  escaped in the line above


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
    prices = prices_of(rows)
    cards = {card.id: card for card in build_cards(rows, sizes, prices)}
    options = {
        product_id: _of_size([build_option(row, sizes, prices) for row in group], numbers)
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

    Somebody who asks for several sizes wants a set. Products with magnets, which not everybody
    may use, never come first. Without a size the order stays as it was found.
    """
    if not numbers:
        return (False, False, 0)
    is_single = KINDS[card.kind].variants_have_size
    return (is_single == (len(numbers) > 1), card.magnetic, len(card.sizes))


def guide_hit(found: Found) -> GuideHit:
    """Return a guide that was found."""
    slug, topic, minutes, title = found.extra
    return GuideHit(
        url=guide_url(slug),
        title=_shown(found.title, translated_text(title)),
        snippet=marked(found.snippet),
        topic_label=str(GuideTopic(topic).label),
        minutes=minutes,
    )
