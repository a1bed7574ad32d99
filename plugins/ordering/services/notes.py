"""Our own marks on an order: in private_metadata, which no customer sees."""

from __future__ import annotations

from typing import Any, TypedDict

from saleor.order.events import order_note_added_event
from saleor.order.models import Order

ATTENTION = "needs_attention"
PLACEMENT = "placement"


class Placement(TypedDict):
    """What placing the order took, so that releasing it can give it back."""

    basket: str
    gift_cards: dict[str, str]
    voucher_once_for: str | None


def placement_of(order: Order) -> Placement:
    """Return what placing took; an order that we did not place took nothing."""
    known: dict[str, Any] = (order.private_metadata or {}).get(PLACEMENT, {})
    return {
        "basket": known.get("basket", ""),
        "gift_cards": known.get("gift_cards", {}),
        "voucher_once_for": known.get("voucher_once_for"),
    }


def add_note(order: Order, message: str) -> None:
    """Write a line into the order's history, as the shop itself."""
    order_note_added_event(order=order, user=None, message=message)


def flag(order: Order, reason: str, message: str) -> None:
    """Mark the order for staff: a reason code on it and a sentence in its history."""
    reasons = [*(order.private_metadata or {}).get(ATTENTION, []), reason]
    order.store_value_in_private_metadata({ATTENTION: reasons})
    order.save(update_fields=["private_metadata"])
    add_note(order, message)
