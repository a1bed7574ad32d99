"""Our own marks on an order: in private_metadata, which no customer sees."""

from __future__ import annotations

from typing import Any, TypedDict

from django.db import transaction
from saleor.account.models import User
from saleor.order.events import order_note_added_event
from saleor.order.models import Order, OrderEvent

from plugins.ordering.marks import ATTENTION
from plugins.ordering.signals import payment_needs_attention

PLACEMENT = "placement"
UNNEEDED = "unneeded_payments"
PAYS_FOR_NOTHING = frozenset({"paid_after_release", "paid_twice"})  # reasons of a flag


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


def attention_of(order: Order) -> list[str]:
    """Return the codes of why staff are to look at the order."""
    return list((order.private_metadata or {}).get(ATTENTION, []))


def add_note(order: Order, message: str) -> OrderEvent:
    """Write a line into the order's history, as the shop itself."""
    return order_note_added_event(order=order, user=None, message=message)


@transaction.atomic
def note_order(*, order_id: int, message: str, actor_id: int) -> None:
    """Write what a person of the shop noted into the order's history; no customer reads it."""
    order = Order.objects.get(pk=order_id)
    order_note_added_event(order=order, user=User.objects.get(pk=actor_id), message=message)


def flag(order: Order, reason: str, message: str) -> None:
    """Mark the order for staff: a reason code on it, a sentence in its history, and the signal."""
    order.store_value_in_private_metadata({ATTENTION: [*attention_of(order), reason]})
    order.save(update_fields=["private_metadata"])
    note = add_note(order, message)
    payment_needs_attention.send(
        Order, order_id=order.pk, reason=reason, occasion=f"{reason}-{note.pk}"
    )


def note_unneeded(order: Order, raw_id: str, reason: str) -> None:
    """Remember a charge that pays for nothing, so that it is given back; saved by the caller.

    Money of a wrong amount for an order that waits for its payment is not among them: whether
    the customer is to pay the rest is for staff to say.
    """
    if reason in PAYS_FOR_NOTHING:
        known = (order.private_metadata or {}).get(UNNEEDED, [])
        order.store_value_in_private_metadata({UNNEEDED: [*known, raw_id]})


def unneeded_payments(order: Order) -> list[str]:
    """Return the charges that pay for nothing."""
    return list((order.private_metadata or {}).get(UNNEEDED, []))
