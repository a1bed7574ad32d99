"""Which sets pass a filter, in which order, and what to give up when none does. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from product_content.types import ProductCard


@dataclass(frozen=True)
class Wanted:
    """The filter; None asks for nothing. Widths in millimetres, `max_price` in the shop's money.

    `size` is a number of the chart. A set passes `from_mm` and `to_mm` when none of its sizes is
    narrower or wider: a range that a clinician named must not be left.
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
class Loosening:
    """One thing to give up: its name, how many sets there are then, and the query that does it."""

    name: str
    count: int
    query: str


_TESTS: Mapping[str, Callable[[ProductCard, Any], bool]] = {
    "size": lambda card, number: any(size.number == number for size in card.sizes),
    "from_mm": lambda card, mm: card.sizes[0].diameter_mm >= mm,
    "to_mm": lambda card, mm: card.sizes[-1].diameter_mm <= mm,
    "material": lambda card, material: card.material == material,
    "firmness": lambda card, firmness: card.firmness == firmness,
    "magnetic": lambda card, magnetic: card.magnetic == magnetic,
    "max_price": lambda card, amount: card.price.amount <= amount,
    "in_stock": lambda card, wanted: card.available > 0 or not wanted,
}
_ORDERS: Mapping[str, Callable[[ProductCard], tuple[Any, ...]]] = {
    "smallest": lambda card: (card.sizes[0].number, len(card.sizes)),
    "range": lambda card: (-len(card.sizes), card.sizes[0].number),
    "price": lambda card: (card.price.amount, card.sizes[0].number),
}


def matching(cards: Iterable[ProductCard], wanted: Wanted) -> list[ProductCard]:
    """Return the sets that pass everything asked for."""
    asked = [(_TESTS[name], getattr(wanted, name)) for name in wanted.asked()]
    return [card for card in cards if all(test(card, value) for test, value in asked)]


def ordered(cards: Iterable[ProductCard], by: str) -> list[ProductCard]:
    """Return the sets by "smallest" size, by "range" (most sizes first) or by "price"."""
    return sorted(cards, key=lambda card: (*_ORDERS[by](card), card.name))


def loosenings(
    cards: Iterable[ProductCard], wanted: Wanted, given: Mapping[str, str]
) -> list[Loosening]:
    """Return each single thing whose giving up would show sets, most sets first.

    `given` is the query as it was sent, to make the addresses from.
    """
    known, found = list(cards), []
    for name in wanted.asked():
        count = len(matching(known, replace(wanted, **{name: None})))
        if count:
            rest = {key: value for key, value in given.items() if key != name and value}
            found.append(Loosening(name, count, urlencode(rest)))
    return sorted(found, key=lambda each: -each.count)
