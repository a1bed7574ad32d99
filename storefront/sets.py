"""Choosing among sets: filter and sort them, compare them, add single sizes, suggest some. Pure.

The size finder's questions are answered in the browser; here is what it shows for each size.

All of this works on outlines, which a list of thousands has at little cost, and on cards, which a
page needs of those that it shows: choose among outlines, then again among the cards of the chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from prices import Money

from product_content.types import ProductOutline, SingleOffer, SizeInfo

One = TypeVar("One", bound=ProductOutline)


@dataclass(frozen=True)
class SetFilter:
    """The filter; None asks for nothing. Widths in millimetres, `max_price` in the shop's money.

    `size` is a number of the chart. A set passes `from_mm` and `to_mm` when none of its sizes is
    narrower or wider: a clinician may have set that range.
    """

    size: int | None = None
    from_mm: int | None = None
    to_mm: int | None = None
    material: str | None = None
    firmness: str | None = None
    magnetic: bool | None = None
    max_price: Decimal | None = None
    in_stock: bool | None = None

    def asked(self) -> list[str]:
        """Return the names of what is asked for."""
        return [field.name for field in fields(self) if getattr(self, field.name) is not None]


@dataclass(frozen=True)
class Relaxation:
    """A filter to drop: its name, how many sets there would be, and the query without it."""

    name: str
    count: int
    query: str


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "size": lambda card, number: any(size.number == number for size in card.sizes),
    "from_mm": lambda card, mm: card.sizes[0].diameter_mm >= mm,
    "to_mm": lambda card, mm: card.sizes[-1].diameter_mm <= mm,
    "material": lambda card, material: card.material == material,
    "firmness": lambda card, firmness: card.firmness == firmness,
    "magnetic": lambda card, magnetic: card.magnetic == magnetic,
    "max_price": lambda card, amount: card.price.amount <= amount,
    "in_stock": lambda card, wanted: card.available > 0 or not wanted,
}
BY_PRICE = "price"
_SORT_KEYS: Mapping[str, Callable[[Any], tuple[Any, ...]]] = {
    "usual": lambda card: (not card.suits_most, card.sizes[0].number, len(card.sizes)),
    "smallest": lambda card: (card.sizes[0].number, len(card.sizes)),
    "range": lambda card: (-len(card.sizes), card.sizes[0].number),
    BY_PRICE: lambda card: (card.price.amount, card.sizes[0].number),
}


def matching_sets(cards: Iterable[One], wanted: SetFilter) -> list[One]:
    """Return the sets that pass everything asked for."""
    asked = [(_TESTS[name], getattr(wanted, name)) for name in wanted.asked()]
    return [card for card in cards if all(test(card, value) for test, value in asked)]


def sorted_sets(cards: Iterable[One], by: str) -> list[One]:
    """Return the sets by "smallest" size, by "range" (most sizes first), by "price", or as "usual".

    Usual is first what suits most people, and of that the smallest.
    """
    return sorted(cards, key=lambda card: (*_SORT_KEYS[by](card), card.name))


def relaxations(
    cards: Iterable[ProductOutline], wanted: SetFilter, given: Mapping[str, str]
) -> list[Relaxation]:
    """Return each filter that hides all sets on its own, those that would show most sets first.

    `given` is the query as it was sent, to make the addresses from.
    """
    known, found = list(cards), []
    for name in wanted.asked():
        count = len(matching_sets(known, replace(wanted, **{name: None})))
        if count:
            rest = {key: value for key, value in given.items() if key != name and value}
            found.append(Relaxation(name, count, urlencode(rest)))
    return sorted(found, key=lambda each: -each.count)


MAX_COMPARED = 4  # more columns do not fit a page
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


@dataclass(frozen=True)
class Holding:
    """A set that has all the sizes somebody named, and what else is in it."""

    card: ProductOutline
    extra: tuple[SizeInfo, ...]


@dataclass(frozen=True)
class NamedSizes:
    """The sizes that somebody named: one by one, and in sets.

    `singles` are one for each size that is sold singly, `unsold` the sizes that are not.
    """

    sizes: tuple[SizeInfo, ...]
    singles: tuple[SingleOffer, ...]
    unsold: tuple[SizeInfo, ...]
    sets: tuple[Holding, ...]

    @property
    def available(self) -> tuple[SingleOffer, ...]:
        """The singles that can be bought now."""
        return tuple(offer for offer in self.singles if offer.option.available > 0)

    @property
    def total(self) -> Money:
        """What the available singles cost together; there must be one."""
        prices = [offer.option.price for offer in self.available]
        return sum(prices[1:], start=prices[0])


MAX_HOLDING = 3  # sets shown beside the singles


def named_sizes(
    numbers: Iterable[int],
    chart: Iterable[SizeInfo],
    offers: Offers,
    cards: Iterable[ProductOutline],
    *,
    magnetic: bool = False,
) -> NamedSizes | None:
    """Return what there is of exactly these sizes, by their numbers; None if the chart has none.

    The sets with the fewest other sizes come first, and of those what can be bought.
    """
    wanted = set(numbers)
    sizes = tuple(size for size in chart if size.number in wanted)
    if not sizes:
        return None
    singles = {size: _of_sort(offers.get(size.number, ()), magnetic) for size in sizes}
    holding = [
        Holding(card, tuple(size for size in card.sizes if size not in sizes))
        for card in cards
        if card.magnetic == magnetic and all(size in card.sizes for size in sizes)
    ]
    holding.sort(key=lambda each: (len(each.extra), each.card.firm, each.card.available < 1))
    return NamedSizes(
        sizes=sizes,
        singles=tuple(offer for offer in singles.values() if offer is not None),
        unsold=tuple(size for size, offer in singles.items() if offer is None),
        sets=tuple(holding[:MAX_HOLDING]),
    )


def sizes_asked_for(wanted: SetFilter, chart: Iterable[SizeInfo]) -> list[int]:
    """Return the numbers of the sizes between two widths that were named; none without both."""
    if wanted.from_mm is None or wanted.to_mm is None:
        return []
    low, high = sorted((wanted.from_mm, wanted.to_mm))
    return [size.number for size in chart if low <= size.diameter_mm <= high]


def own_sizes_singly(
    sizes: Sequence[SizeInfo], offers: Offers, *, magnetic: bool
) -> list[SingleOffer]:
    """Return each size of a set as a single of the same sort: to replace one that is lost."""
    found = [_of_sort(offers.get(size.number, ()), magnetic) for size in sizes]
    return [offer for offer in found if offer is not None]


def sets_to_compare(known: Sequence[ProductOutline], slugs: Sequence[str]) -> list[ProductOutline]:
    """Return the sets named by `slugs`, each once, in their order, at most `MAX_COMPARED`."""
    by_slug = {one.slug: one for one in known}
    named = [by_slug[slug] for slug in dict.fromkeys(slugs) if slug in by_slug]
    return named[:MAX_COMPARED]


def _of_sort(offers: Sequence[SingleOffer], magnetic: bool) -> SingleOffer | None:
    return next((offer for offer in offers if offer.magnetic == magnetic), None)


MAX_SUGGESTED_SETS = 3


@dataclass(frozen=True)
class Suggestions:
    """What to look at for a size that is comfortable now; `bigger` is the step after it."""

    size: SizeInfo
    bigger: SizeInfo | None
    sets: tuple[ProductOutline, ...]
    single: SingleOffer | None


def fitting_sets(
    chart: Sequence[SizeInfo], sets: Iterable[ProductOutline]
) -> tuple[tuple[int, ...], ...]:
    """Return for every size of the chart the ids of the sets with it, those that fit best first.

    That is: with the next step, then with few sizes that are too small, then with few in all. No
    magnets, which not everybody may use, and no firm sets, which are for customers whose surgeon
    asked for one. What is available does not count, so a sale changes nothing of it.
    """
    plain = [one for one in sets if one.suits_most]
    return tuple(_fitting(size, bigger, plain) for size, bigger in _steps(chart))


def _steps(chart: Sequence[SizeInfo]) -> Iterable[tuple[SizeInfo, SizeInfo | None]]:
    """Return each size with the one after it, which the last has not."""
    return zip(chart, [*chart[1:], None], strict=True)


def _fitting(
    size: SizeInfo, bigger: SizeInfo | None, sets: Iterable[ProductOutline]
) -> tuple[int, ...]:
    def key(one: ProductOutline) -> tuple[bool, int, int]:
        no_step = bigger is not None and bigger not in one.sizes
        too_small = sum(each.number < size.number for each in one.sizes)
        return (no_step, too_small, len(one.sizes))

    return tuple(one.id for one in sorted((one for one in sets if size in one.sizes), key=key))


def best_sets(
    fitting: Sequence[Sequence[int]], pieces_of: Callable[[Collection[int]], Mapping[int, int]]
) -> list[tuple[int, ...]]:
    """Return the ids of the sets to suggest for each size: in stock first, then as they fit.

    `pieces_of` is asked for the first few of each size, and for more only of a size of which these
    are sold out: so thousands of sets cost no more than twenty.
    """
    left: dict[int, int] = {}
    unsure, most = list(fitting), 2 * MAX_SUGGESTED_SETS
    while unsure:
        asked = {pk for ids in unsure for pk in ids[:most]} - left.keys()
        pieces = pieces_of(asked)
        left |= {pk: pieces.get(pk, 0) for pk in asked}
        unsure = [ids for ids in unsure if ids[most:] and not _enough(ids[:most], left)]
        most *= 4
    asked_for = ([pk for pk in ids if pk in left] for ids in fitting)
    return [
        tuple(sorted(ids, key=lambda pk: left[pk] <= 0)[:MAX_SUGGESTED_SETS]) for ids in asked_for
    ]


def _enough(ids: Iterable[int], left: Mapping[int, int]) -> bool:
    return sum(left[pk] > 0 for pk in ids) >= MAX_SUGGESTED_SETS


def suggestions_by_size(
    chart: Sequence[SizeInfo],
    best: Iterable[Iterable[int]],
    cards: Mapping[int, ProductOutline],
    singles: Mapping[int, tuple[SingleOffer, ...]],
) -> list[Suggestions]:
    """Return the picks for every size of the chart: its `best` sets, as ids, and a single."""
    return [
        Suggestions(
            size,
            bigger,
            tuple(cards[pk] for pk in ids if pk in cards),
            _single(singles.get(size.number, ())),
        )
        for (size, bigger), ids in zip(_steps(chart), best, strict=True)
    ]


def _single(offers: Iterable[SingleOffer]) -> SingleOffer | None:
    return next((offer for offer in offers if not offer.magnetic), None)
