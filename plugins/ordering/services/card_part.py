"""Giving back a part of what gift cards have paid of an order."""

from __future__ import annotations

from decimal import Decimal

from prices import Money
from saleor.order.models import Order

from plugins.ordering.services.notes import PLACEMENT, placement_of
from plugins.ordering.services.promo import give_back_gift_cards


def give_back_to_cards(*, order: Order, amount: Money) -> Money:
    """Put up to `amount` back on the gift cards that paid for a locked order; return how much.

    It is taken off the note of what placing the order took, so that cancelling the order
    afterwards gives back the rest and no more.
    """
    placement, left = placement_of(order), amount.amount
    parts: dict[str, str] = {}
    for card, spent in placement["gift_cards"].items():
        part = min(left, Decimal(spent))
        parts[card], left = str(part), left - part
    give_back_gift_cards(parts)
    rest = {
        card: str(Decimal(spent) - Decimal(parts[card]))
        for card, spent in placement["gift_cards"].items()
    }
    order.store_value_in_private_metadata({PLACEMENT: {**placement, "gift_cards": rest}})
    order.save(update_fields=["private_metadata"])
    return Money(amount.amount - left, amount.currency)
