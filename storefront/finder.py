"""What the size finder shows for each size. Pure; the questions are answered in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from product_content.types import ProductCard, SingleOffer, SizeInfo

MOST_SETS = 3


@dataclass(frozen=True)
class Picks:
    """What to look at for a size that is comfortable now; `bigger` is the step after it."""

    size: SizeInfo
    bigger: SizeInfo | None
    sets: tuple[ProductCard, ...]
    single: SingleOffer | None


def picks_by_size(
    chart: Sequence[SizeInfo],
    sets: Iterable[ProductCard],
    singles: Mapping[int, tuple[SingleOffer, ...]],
) -> list[Picks]:
    """Return the picks for every size of the chart.

    Never magnets, which not everybody may use, and never a firm set, which is for those whose
    surgeon asked for one.
    """
    plain = [card for card in sets if not card.magnetic and not card.firm]
    bigger = [*chart[1:], None]
    return [
        Picks(size, after, _nearest(size, after, plain), _single(singles.get(size.number, ())))
        for size, after in zip(chart, bigger, strict=True)
    ]


def _nearest(
    size: SizeInfo, bigger: SizeInfo | None, sets: Iterable[ProductCard]
) -> tuple[ProductCard, ...]:
    """Return the sets with this size: in stock first, then with the next step, few unused sizes."""
    having = [card for card in sets if size in card.sizes]

    def key(card: ProductCard) -> tuple[bool, bool, int, int]:
        no_step = bigger is not None and bigger not in card.sizes
        too_small = sum(each.number < size.number for each in card.sizes)
        return (card.available <= 0, no_step, too_small, len(card.sizes))

    return tuple(sorted(having, key=key)[:MOST_SETS])


def _single(offers: Iterable[SingleOffer]) -> SingleOffer | None:
    return next((offer for offer in offers if not offer.magnetic), None)
