"""What a search returns: found documents as the page shows them, and the shop's own pages.

Prices and stock are those of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from prices import Money

from product_content.kinds import KINDS, SETS
from product_content.languages import translated_text
from product_content.models import GuideTopic
from product_content.search.sizes import volumes_in
from product_content.selectors.guides import guide_url
from product_content.selectors.lists import build_cards, build_option
from product_content.selectors.variants import by_product, fetch_rows, prices_of
from product_content.types import ProductCard, SizeInfo, VariantOption

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

GUIDE_PREFIX = "guide:"  # and a guide's slug: words may lead to a guide as well


@dataclass(frozen=True, slots=True)
class Place:
    """A page: what it is called, what is on it, and the names of its address, the best first.

    A name with a slash is that of an address with one part, as "storefront:shop_page/contact".
    """

    title: _StrOrPromise
    summary: _StrOrPromise
    names: tuple[str, ...]


def _shop_page(slug: str, *instead: str) -> tuple[str, ...]:
    own = (f"shop_page/{slug}", slug.replace("-", "_"), *instead)
    return tuple(f"storefront:{name}" for name in own)


PLACES: dict[str, Place] = {
    "delivery": Place(
        _("Delivery"),
        _("Where we send to, what it costs, how long it takes, and what others see of it."),
        _shop_page("delivery", "rehearsal"),
    ),
    "returns": Place(
        _("Returns and refunds"),
        _("What you can send back, how, and when you get your money."),
        _shop_page("returns", "order_link"),
    ),
    "contact": Place(
        _("Contact"),
        _("How to reach us, and when we answer."),
        _shop_page("contact", "privacy"),
    ),
    "terms": Place(
        _("Terms of sale"), _("What you and we agree to."), _shop_page("terms", "privacy")
    ),
    "about": Place(_("About us"), _("Who we are."), _shop_page("about", "how_we_know")),
    "faq": Place(
        _("Questions and answers"), _("What people often ask."), _shop_page("faq", "guides")
    ),
    "accessibility": Place(
        _("Accessibility"),
        _("How this shop works with a keyboard, a screen reader or large letters."),
        _shop_page("accessibility", "privacy"),
    ),
    "cookies": Place(
        _("Cookies"), _("Which ones we set, and for how long."), _shop_page("cookies", "privacy")
    ),
    "find-my-order": Place(
        _("Find my order"),
        _("Get a link to your order by e-mail."),
        _shop_page("find-my-order", "order_link"),
    ),
    "privacy": Place(
        _("Privacy"),
        _("Which data we keep, for how long, and who sees it."),
        ("storefront:privacy",),
    ),
    "what-others-see": Place(
        _("What others see"),
        _("The parcel, the sender, the bank statement and our e-mails, to try out."),
        ("storefront:rehearsal", "storefront:privacy"),
    ),
    "how-we-know": Place(
        _("How we know"),
        _("Each statement of our guides with its sources."),
        ("storefront:how_we_know",),
    ),
    "account": Place(
        _("Your account"), _("Log in, or make an account."), ("storefront:account",)
    ),
    "basket": Place(_("Basket"), _("What you have chosen so far."), ("storefront:basket",)),
    "sizes": Place(
        _("Size chart"),
        _("Every size at its real width, on the screen or on paper."),
        ("storefront:sizes",),
    ),
    "finder": Place(
        _("Find your size"), _("A few questions that lead to a size."), ("storefront:finder",)
    ),
    "compare": Place(
        _("Compare sets"), _("Two or more sets side by side."), ("storefront:compare",)
    ),
    **{
        kind.slug: Place(kind.name, kind.lead, (f"storefront:{kind.slug}",))
        for kind in KINDS.values()
    },
    "guides": Place(_("Guides"), _("All guides by topic."), ("storefront:guides",)),
    "help": Place(
        _("Find help"),
        _("Organisations, directories and crisis lines by country."),
        ("storefront:help", "storefront:guides"),
    ),
    "letter": Place(
        _("A letter to bring along"),
        _("Written in your browser and printed; nothing is sent."),
        ("storefront:letter", "storefront:guides"),
    ),
}  # fmt: skip


def place_url(key: str) -> str:
    """Return the address of a page of `PLACES` in the active language.

    Raises KeyError for a key that is none.
    """
    for name in PLACES[key].names:
        view, _slash, part = name.partition("/")
        try:
            return reverse(view, args=[part] if part else [])
        except NoReverseMatch:
            continue
    return reverse("storefront:home")


@dataclass(frozen=True, slots=True)
class ProductHit:
    """A product found. The texts are escaped and have the found words in <mark>.

    `option` is the variant that was asked for, where the product has several; `has_volume` says
    that one of them holds as much as was asked for.
    """

    card: ProductCard
    option: VariantOption | None
    title: SafeString
    snippet: SafeString
    url: str
    score: float = 0.0
    has_volume: bool = False

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
class PlaceHit:
    """A page of the shop that the words lead to."""

    url: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found. `notes` are sentences for the page: corrections, nearest sizes.

    `order` is that of the three kinds of hits on the page.
    """

    products: tuple[ProductHit, ...] = ()
    guides: tuple[GuideHit, ...] = ()
    places: tuple[PlaceHit, ...] = ()
    notes: tuple[str, ...] = ()
    order: tuple[str, ...] = ("places", "products", "guides")

    @property
    def total(self) -> int:
        """The number of products, guides and pages shown."""
        return len(self.products) + len(self.guides) + len(self.places)

    @property
    def first(self) -> str:
        """The address of the first answer, "" if there is none."""
        hits = (hit for kind in self.order for hit in getattr(self, kind))
        return next((hit.url for hit in hits), "")


# From Unicode's private use area: no text of ours has them, and PostgreSQL leaves them alone.
START, STOP = "\ue000", "\ue001"


def marked(text: str) -> SafeString:
    """Return `text` escaped, with <mark> where PostgreSQL put START and STOP."""
    safe = escape(text).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(safe)  # noqa: S308  escaped in the line above


Sizes = Mapping[int, SizeInfo]  # by primary key


class Found(NamedTuple):
    """A document that was found, with PostgreSQL's marks in its texts, and how well it fits."""

    id: int
    title: str
    snippet: str
    score: float
    extra: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the order of products depends on.

    `numbers` are the sizes asked for, `pieces` how many a set should have, `volumes` what a bottle
    should hold in millilitres; `magnets` and `firm` say that the search names magnets, or firm
    goods. `variant` is the one whose article number was typed.
    """

    numbers: tuple[int, ...] = ()
    pieces: int | None = None
    volumes: tuple[int, ...] = ()
    magnets: bool = False
    firm: bool = False
    variant: int | None = None


def product_hits(found: list[Found], wish: Wish, sizes: Sizes) -> tuple[ProductHit, ...]:
    """Return those of the found products that customers may see, best first; two queries.

    `sizes` is the chart.
    """
    ids = [each.id for each in found]
    rows = fetch_rows(only="p.id = ANY(%(found)s)", params={"found": ids}) if ids else []
    prices = prices_of(rows)
    cards = {card.id: card for card in build_cards(rows, sizes, prices)}
    options = {
        product_id: [build_option(row, sizes, prices) for row in group]
        for product_id, group in by_product(rows).items()
    }
    hits = [
        _product_hit(each, cards[each.id], options[each.id], wish)
        for each in found
        if each.id in cards
    ]
    return tuple(sorted(hits, key=lambda hit: _place(hit, wish)))


def _wished(options: list[VariantOption], wish: Wish) -> VariantOption | None:
    """Return the variant that was asked for, where there are several to choose from."""
    if len(options) == 1:
        return None
    return next((each for each in options if _is_wished(each, wish)), None)


def _is_wished(option: VariantOption, wish: Wish) -> bool:
    if wish.variant:
        return option.id == wish.variant
    if option.size:
        return len(wish.numbers) == 1 and option.size.number == wish.numbers[0]
    return _holds(option, wish)


def _holds(option: VariantOption, wish: Wish) -> bool:
    return bool(wish.volumes) and not set(wish.volumes).isdisjoint(volumes_in(option.name))


def _product_hit(
    found: Found, card: ProductCard, options: list[VariantOption], wish: Wish
) -> ProductHit:
    option = _wished(options, wish)
    return ProductHit(
        card=card,
        option=option,
        title=_shown(found.title, card.name),
        snippet=_shown(found.snippet, card.summary),
        url=f"{card.url}?option={option.id}" if option else card.url,
        score=found.score,
        has_volume=any(_holds(each, wish) for each in options),
    )


def _shown(found: str, current: str) -> SafeString:
    """Return the text with its marks if it is what the shop says now in this language."""
    plain = found.replace(START, "").replace(STOP, "")
    return marked(found) if plain == current else conditional_escape(current)


def _place(hit: ProductHit, wish: Wish) -> tuple[Any, ...]:
    """Return what products are sorted by.

    The size itself stands before sets around it, a small set before a big one; somebody who asks
    for several sizes wants a set. Without a size the better match is first, and of equal ones the
    set that begins smallest. Products with magnets, which not everybody may use, never come first
    unless magnets were asked for, and firm ones, which a team asks for, not before the usual ones.
    """
    card = hit.card
    unasked = (card.magnetic and not wish.magnets, card.firm and not wish.firm)
    first_size = card.sizes[0].number if card.sizes else 0
    if wish.numbers:
        is_single = KINDS[card.kind].variants_have_size
        several = len(wish.numbers) > 1
        return (is_single == several, *unasked, len(card.sizes), -hit.score, card.name)
    wrong_count = wish.pieces is not None and (
        card.kind != SETS.slug or len(card.sizes) != wish.pieces
    )
    kind = list(KINDS).index(card.kind)
    size = (first_size, len(card.sizes))
    return (wrong_count, not hit.has_volume, *unasked, -round(hit.score, 1), kind, *size, card.name)


def guide_hit(found: Found) -> GuideHit:
    """Return a guide that was found."""
    slug, topic, minutes, title, summary = found.extra
    whole = translated_text(summary)
    is_cut = found.snippet not in ("", whole)  # without words to look for it is the summary
    return GuideHit(
        url=guide_url(slug),
        title=_shown(found.title, translated_text(title)),
        snippet=marked(f"… {found.snippet} …" if is_cut else whole),
        topic_label=str(GuideTopic(topic).label),
        minutes=minutes,
    )


def place_hit(key: str) -> PlaceHit:
    """Return a page of the shop, by its key in `PLACES`."""
    place = PLACES[key]
    return PlaceHit(place_url(key), str(place.title), str(place.summary))
