"""What the selectors return: plain, frozen values, so that no Saleor object reaches a view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from prices import Money


@dataclass(frozen=True, slots=True)
class SizeInfo:
    """A step of the chart. Millimetres and grams; inches to two places."""

    number: int
    diameter_mm: int
    diameter_in: Decimal
    usable_length_mm: int
    usable_length_in: Decimal
    weight_g: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo with its measures in pixels; `srcset` has WebP copies, `src` is for old browsers.

    `rendered` marks a picture that is drawn by a program, not taken of a real thing.
    """

    alt: str
    src: str
    srcset: str
    width: int
    height: int
    rendered: bool = False


@dataclass(frozen=True, slots=True)
class VariantOption:
    """Something that can be put into the basket. `available` is in pieces, never negative.

    `price` is what is charged, with any VAT in it; `full_price` is the price before a running sale.
    """

    id: int
    sku: str
    name: str
    price: Money
    full_price: Money
    available: int
    size: SizeInfo | None


@dataclass(frozen=True, slots=True)
class SingleOffer:
    """One size sold singly: the product's name, its page with that size chosen, and the size."""

    name: str
    url: str
    magnetic: bool
    option: VariantOption


@dataclass(frozen=True, slots=True)
class Rating:
    """The means of a product's marks, from 1 to 5 with one decimal, of so many reviews.

    `size_accuracy` is None for what has no size; `average` leaves the parcel out.
    """

    count: int
    average: Decimal
    comfort: Decimal
    size_accuracy: Decimal | None
    discretion: Decimal


@dataclass(frozen=True, slots=True)
class PublicReview:
    """A published review; `name` and `answer` are "" where there is none."""

    name: str
    written_on: date
    language: str
    comfort: int
    size_accuracy: int | None
    discretion: int
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class PublicReviews:
    """The reviews of a product, newest first: those that are shown at once, and the others."""

    first: tuple[PublicReview, ...]
    more: tuple[PublicReview, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductOutline:
    """What a product is found, counted and put in order by: all of a list, at little cost."""

    id: int
    slug: str
    kind: str
    name: str
    sizes: tuple[SizeInfo, ...]
    material: str
    firmness: str
    firm: bool
    magnetic: bool
    available: int

    @property
    def suits_most(self) -> bool:
        """Whether it has no magnets, which not everybody may use, and is not firm."""
        return not self.magnetic and not self.firm


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCard(ProductOutline):
    """A product as a list shows it. `price` is the lowest of its variants.

    `variant_id` is set when there is only one variant, so that a list can offer "add to basket".
    `not_for_sale` says why it cannot be bought here, "" if it can. `rating` is None while there are
    too few reviews.
    """

    summary: str
    url: str
    price: Money
    full_price: Money
    several_prices: bool
    variant_id: int | None
    not_for_sale: str
    photo: Photo | None
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class SafetyFacts:
    """The product safety card, in words for the page. `warnings` is empty without magnets.

    The long texts are clean HTML with links to the claims they cite. `papers` are the maker's facts
    with their names, "" where nobody has them yet; `ask_first` is set for what is used on the body.
    """

    material: str
    firmness: str
    latex: str
    magnet: str
    cleaning: str
    lubricant: str
    intended_use: str
    not_studied_for: str
    magnetic: bool
    warnings: tuple[str, ...]
    papers: tuple[tuple[str, str], ...]
    ask_first: bool


@dataclass(frozen=True, slots=True)
class GuideLink:
    """A guide as a product page shows it; `reason` says why it is linked."""

    slug: str
    title: str
    summary: str
    url: str
    stage: str
    stage_label: str
    reason: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ProductPage:
    """All that a product page needs. `price` is the lowest of its variants.

    `language` is that of its texts: what has no translation is shown in English. `languages` are
    all that they have. `review_count` is that of the published reviews, `rating` None for too few.
    """

    id: int
    kind: str
    slug: str
    name: str
    summary: str
    url: str
    description_html: str
    in_the_box: tuple[str, ...]
    price: Money
    full_price: Money
    currency: str
    several_prices: bool
    available: int
    variants: tuple[VariantOption, ...]
    sizes: tuple[SizeInfo, ...]
    photos: tuple[Photo, ...]
    safety_card: SafetyFacts
    not_for_sale: str
    guides: tuple[GuideLink, ...]
    related: tuple[ProductCard, ...]
    language: str
    languages: tuple[str, ...]
    review_count: int
    rating: Rating | None


@dataclass(frozen=True, slots=True)
class GuideCard:
    """A guide in a list; `minutes` is its reading time."""

    slug: str
    title: str
    summary: str
    url: str
    topic: str
    topic_label: str
    audience: str
    minutes: int
    updated_on: date


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents: `#anchor`, its text, and level 2 or 3."""

    anchor: str
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Source:
    """Whose statement a guide relies on. `url` is empty where there is no lasting address."""

    organisation: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A claim: what it says, on whose word, for whom, its limits, and when to look again.

    Without sources it is our own advice on use.
    """

    id: str
    says: str
    sources: tuple[Source, ...]
    audiences: tuple[str, ...]
    limits: str
    review_by: date


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source as the page "How we know" prints it; texts are in the active language."""

    source: Source
    year: str
    edition: str
    no_link: str
    accessed_on: date | None
    not_accessed: str
    audiences: tuple[str, ...]
    says: str
    strength: str


@dataclass(frozen=True, slots=True)
class GuideProductLink:
    """A product that a guide speaks of, and why."""

    slug: str
    kind: str
    name: str
    summary: str
    url: str
    price: Money
    stage: str
    stage_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """All that a guide's page needs; `html` and `sources_html` are clean and may be marked safe.

    `review_line` says who reviewed it, or that no clinician has yet. `language` is that of its
    text: a guide that has no translation is shown in English. `languages` are all that it has.
    """

    id: int
    slug: str
    title: str
    summary: str
    url: str
    topic: str
    topic_label: str
    audience: str
    minutes: int
    html: str
    sources_html: str
    language: str
    languages: tuple[str, ...]
    contents: tuple[Heading, ...]
    when_to_stop: tuple[str, ...]
    sources: tuple[Source, ...]
    author: str
    reviewer: str
    reviewed_on: date | None
    review_line: str
    updated_on: date
    products: tuple[GuideProductLink, ...]
    related: tuple[GuideCard, ...]
