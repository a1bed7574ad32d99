"""What a basket's own unpaid order holds: to this basket, and no other, it is still available.

The stock that such an order holds is counted by `storefront.baskets.reserved_quantities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from saleor.order.models import Order

from plugins.ordering.order_state import live_order_for_checkout, placement_of


@dataclass(frozen=True, slots=True)
class Holds:
    """One use of a voucher and amounts of gift cards (card id → amount).

    `voucher_once_for` is the e-mail address that the voucher counts as used by.
    """

    voucher_id: int | None = None
    voucher_once_for: str | None = None
    cards: Mapping[int, Decimal] = field(default_factory=dict)

    def uses_of(self, voucher_id: int) -> int:
        """Return how many uses of the voucher are held: one or none."""
        return int(self.voucher_id == voucher_id)

    def is_use_by(self, voucher_id: int, email: str) -> bool:
        """Say whether the held use of the voucher is the one that counts for this address."""
        return bool(self.uses_of(voucher_id)) and self.voucher_once_for == email

    def on_card(self, card_id: int) -> Decimal:
        """Return the amount that is held of a gift card."""
        return self.cards.get(card_id, Decimal(0))


NOTHING_HELD = Holds()


def holds_of(order: Order | None) -> Holds:
    """Return what a live order holds that was not paid; nothing without an order."""
    if order is None:
        return NOTHING_HELD
    placement = placement_of(order)
    return Holds(
        voucher_id=order.voucher_id,
        voucher_once_for=placement["voucher_once_for"],
        cards={int(pk): Decimal(amount) for pk, amount in placement["gift_cards"].items()},
    )


def holds_of_basket(token: UUID) -> Holds:
    """Return what the live order of this basket holds; a basket ends when its order is paid."""
    return holds_of(live_order_for_checkout(token))
