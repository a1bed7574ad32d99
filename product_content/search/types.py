"""What a search returns: plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from prices import Money

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
