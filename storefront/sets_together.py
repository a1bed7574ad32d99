"""Sets beside singles, and sets beside one another. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prices import Money

from product_content.types import ProductCard, SingleOffer, SizeInfo

MOST_COMPARED = 4  # a set and up to three others: more columns than that nobody can read
Offers = Mapping[int, tuple[SingleOffer, ...]]


@dataclass(frozen=True)
class MissingSize:
    """A size next to those of a set, and how to get it; `gap` lies between two of the set's."""

    offer: SingleOffer
    gap: bool


def missing_sizes(
    sizes: Sequence[SizeInfo], chart: Sequence[SizeInfo], offers: Offers, *, magnetic: bool
) -> list[MissingSize]:
    """Return the neighbouring sizes that the set has not: below, in gaps, above.

    Only singles of the same sort, with magnets or without.
    """
    own = {size.number for size in sizes}
    lowest, highest = min(own), max(own)
    found = []
    for size in chart:
        if size.number not in own and lowest - 1 <= size.number <= highest + 1:
            offer = _of_sort(offers.get(size.number, ()), magnetic)
            if offer is not None:
                found.append(MissingSize(offer, lowest < size.number < highest))
    return found


def price_one_by_one(sizes: Sequence[SizeInfo], offers: Offers, *, magnetic: bool) -> Money | None:
    """Return what the sizes of a set cost as singles of the same sort; None if one is not sold."""
    singles = [_of_sort(offers.get(size.number, ()), magnetic) for size in sizes]
    prices = [offer.option.price for offer in singles if offer is not None]
    if len(prices) < len(sizes) or not prices:
        return None
    return sum(prices[1:], start=prices[0])


def choose(cards: Sequence[ProductCard], slugs: Sequence[str]) -> list[ProductCard]:
    """Return the sets named by `slugs`, each once, in their order, at most `MOST_COMPARED`."""
    by_slug = {card.slug: card for card in cards}
    known = [by_slug[slug] for slug in dict.fromkeys(slugs) if slug in by_slug]
    return known[:MOST_COMPARED]


def _of_sort(offers: Sequence[SingleOffer], magnetic: bool) -> SingleOffer | None:
    return next((offer for offer in offers if offer.magnetic == magnetic), None)
