"""The lists of sets, singles and care products."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prices import Money

from product_content.selectors.cards import build_cards
from product_content.selectors.prices import running_discounts
from product_content.selectors.rows import fetch_rows
from product_content.selectors.sizes import chart
from product_content.types import ProductCard

Test = Callable[[ProductCard], bool]


def list_sets(
    *,
    size: int | None = None,
    from_size: int | None = None,
    to_size: int | None = None,
    magnetic: bool | None = None,
    material: str | None = None,
    firmness: str | None = None,
    max_price: Money | None = None,
    in_stock: bool = False,
) -> list[ProductCard]:
    """Return the sets that pass every filter given; two queries.

    `size`: contains that size. `from_size`, `to_size`: nothing smaller, nothing bigger.
    """
    tests: list[tuple[bool, Test]] = [
        (size is not None, lambda card: any(s.number == size for s in card.sizes)),
        (from_size is not None, lambda card: card.sizes[0].number >= (from_size or 0)),
        (to_size is not None, lambda card: card.sizes[-1].number <= (to_size or 0)),
        (magnetic is not None, lambda card: card.magnetic == magnetic),
        (material is not None, lambda card: card.material == material),
        (firmness is not None, lambda card: card.firmness == firmness),
        (max_price is not None, lambda card: max_price is None or card.price <= max_price),
        (in_stock, lambda card: card.available > 0),
    ]
    return _passing(_cards("sets"), (test for given, test in tests if given))


def list_singles(*, size: int | None = None, magnetic: bool | None = None) -> list[ProductCard]:
    """Return the products sold singly that come in `size`; two queries."""
    tests: list[tuple[bool, Test]] = [
        (size is not None, lambda card: any(s.number == size for s in card.sizes)),
        (magnetic is not None, lambda card: card.magnetic == magnetic),
    ]
    return _passing(_cards("singles"), (test for given, test in tests if given))


def list_care() -> list[ProductCard]:
    """Return lubricants, the pouch and the other things that go with a set; two queries."""
    return _cards("care")


def _cards(kind: str) -> list[ProductCard]:
    rows = fetch_rows([kind])
    return build_cards(rows, chart(), running_discounts(rows))


def _passing(cards: list[ProductCard], tests: Iterable[Test]) -> list[ProductCard]:
    for test in tests:
        cards = [card for card in cards if test(card)]
    return cards
