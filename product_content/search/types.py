"""What a search returns: plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from product_content.types import ProductCard


@dataclass(frozen=True, slots=True)
class ProductHit:
    """A product found. The texts are escaped and have the found words in <mark>."""

    card: ProductCard
    title: SafeString
    snippet: SafeString
    url: str


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
