"""How an order stands: whether it is paid or may be cancelled, and its flags and history.

What placing took is kept in the order's private_metadata, which no customer sees.
"""

from __future__ import annotations

from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from prices import Money
from saleor.account.models import User
from saleor.checkout.models import Checkout
from saleor.order import FulfillmentStatus, OrderStatus
from saleor.order.events import order_note_added_event
from saleor.order.models import Order, OrderEvent
from saleor.payment import ChargeStatus

from plugins.ordering.models import OrderFlag
from plugins.ordering.payment_provider import get_provider
from plugins.ordering.policies import may_cancel, total_payable
from plugins.ordering.signals import being_packed, payment_needs_attention
from product_content.decisions import Decision, refused

DISPUTE, DISPUTE_LOST = "dispute", "dispute_lost"  # reasons of a flag
STOCK_SHORT = "stock_short"  # another: the shelf has fewer pieces than orders have reserved
# And: what was paid for pieces that came back is here, and no other pieces are sent for them.
REPLACEMENT_ENDED = "replacement_ended"
_OF_THE_HOUSE = (STOCK_SHORT, REPLACEMENT_ENDED)  # no customer has to know of these
DISPUTE_REASONS: Final = frozenset({DISPUTE, DISPUTE_LOST})

_SENT = (OrderStatus.FULFILLED, OrderStatus.PARTIALLY_FULFILLED)
_REFUNDED = (ChargeStatus.PARTIALLY_REFUNDED, ChargeStatus.FULLY_REFUNDED)


def is_paid(order: Order) -> bool:
    """Say whether the order's whole total has been taken (a zero total counts once settled).

    Money that was given back later had been taken before; on a released order it never paid.
    """
    whole = Q(
        charge_status=ChargeStatus.FULLY_CHARGED, captured_amount__gte=order.total_gross_amount
    )
    if order.status != OrderStatus.CANCELED:
        whole |= Q(charge_status__in=_REFUNDED, total__gte=order.total_gross_amount)
    return bool(order.payments.filter(whole).exists())


def may_be_cancelled(order: Order, *, for_staff: bool = False) -> Decision:
    """Say whether `cancel_order` would cancel this order now.

    The reason is for the customer, or with `for_staff` for whoever of the shop looks at it.
    """
    if order.status == OrderStatus.CANCELED:
        return refused(gettext("This order is cancelled already."))
    has_left = order.fulfillments.exclude(status=FulfillmentStatus.CANCELED).exists()
    return may_cancel(
        sent=has_left or order.status in _SENT,
        packing=is_being_packed(order),
        disputed=is_disputed(order),
        for_staff=for_staff,
    )


def is_being_packed(order: Order) -> bool:
    """Say whether somebody packs the order's parcel now, as whoever packs answers."""
    answers = being_packed.send(Order, order_id=order.pk)
    return any(answer for _receiver, answer in answers)


def can_be_charged(total: Money) -> Decision:
    """Say whether the payment provider takes such a sum; the reason is for the customer."""
    return total_payable(
        total=total, minimum=get_provider().smallest_charge(currency=total.currency)
    )


def live_order_for_checkout(checkout_token: UUID | str) -> Order | None:
    """Return the order that was made from this basket and still stands, paid or not."""
    orders = Order.objects.exclude(status=OrderStatus.CANCELED)
    return orders.filter(checkout_token=str(checkout_token)).first()


PLACEMENT_KEY = "placement"
# In the private metadata of baskets that staff fill for a customer, and of the orders made of them:
# the id of whoever did, and why such an order is given away.
PLACED_BY_KEY = "placed_by"
FREE_KEY = "free_because"
UNNEEDED_PAYMENTS_KEY = "unneeded_payments"
UNNEEDED_REASONS = frozenset({"paid_after_release", "paid_twice"})  # reasons of a flag


class Placement(TypedDict):
    """What placing the order took, so that releasing it can give it back.

    `basket` is the fingerprint of what was ordered, `gift_cards` what each card paid (card id, as
    text → amount), `voucher_once_for` the e-mail address for which a voucher counts as used.
    """

    basket: str
    gift_cards: dict[str, str]
    voucher_once_for: str | None


def placement_of(order: Order) -> Placement:
    """Return what placing took; an order that we did not place took nothing."""
    known: dict[str, Any] = (order.private_metadata or {}).get(PLACEMENT_KEY, {})
    return {
        "basket": known.get("basket", ""),
        "gift_cards": known.get("gift_cards", {}),
        "voucher_once_for": known.get("voucher_once_for"),
    }


def placed_by(thing: Checkout | Order) -> int | None:
    """Return the id of the member of staff who placed it for its customer; None of any other."""
    return (thing.private_metadata or {}).get(PLACED_BY_KEY)


def free_because(thing: Checkout | Order) -> str:
    """Return why it costs nothing, as staff said when they placed it; "" of any other."""
    return str((thing.private_metadata or {}).get(FREE_KEY, ""))


def attention_reasons(order: Order) -> list[str]:
    """Return the codes of why staff are to look at the order, oldest first.

    A list of orders that has read their `flags` along needs no further query.
    """
    return [flag.reason for flag in order.flags.all() if flag.settled_at is None]


def is_disputed(order: Order) -> bool:
    """Say whether a bank looks into the order's payment, or took its money back."""
    return not DISPUTE_REASONS.isdisjoint(attention_reasons(order))


def add_note(order: Order, message: str) -> OrderEvent:
    """Write a line into the order's history, as the shop itself."""
    return order_note_added_event(order=order, user=None, message=message)


@transaction.atomic
def note_order(*, order_id: int, message: str, actor_id: int | None) -> None:
    """Write what a person of the shop noted into the order's history; no customer reads it.

    No actor: the shop itself noted it, or a carrier told.
    """
    order = Order.objects.get(pk=order_id)
    user = None if actor_id is None else User.objects.get(pk=actor_id)
    order_note_added_event(order=order, user=user, message=message)


def money_reasons(order: Order) -> list[str]:
    """Return those of `attention_reasons` that are about payments: these concern customers."""
    return [reason for reason in attention_reasons(order) if reason not in _OF_THE_HOUSE]


def settle_flags(order: Order, *, reason: str | None = None, actor_id: int | None = None) -> None:
    """Settle the flags of a locked order, all or those of one reason.

    `actor_id` is who looked, None where what happened since has settled them.
    """
    flags = OrderFlag.objects.filter(order=order, settled_at=None)
    chosen = flags if reason is None else flags.filter(reason=reason)
    chosen.update(settled_at=timezone.now(), settled_by_id=actor_id)


def flag_quietly(order: Order, reason: str, message: str) -> OrderEvent:
    """Flag a locked order: a row, a sentence in its history; nobody is written to."""
    OrderFlag.objects.create(order=order, reason=reason, message=message)
    return add_note(order, message)


def flag_locked_order(order: Order, reason: str, message: str) -> None:
    """Flag the order for staff: a row, a sentence in its history, and the signal."""
    note = flag_quietly(order, reason, message)
    payment_needs_attention.send(
        Order, order_id=order.pk, reason=reason, dedup_key=f"{reason}-{note.pk}"
    )


def note_unneeded_payment(order: Order, raw_id: str, reason: str) -> None:
    """Remember a charge that pays for nothing, so that it is given back.

    Money of a wrong amount for an order that waits for its payment is not among them: whether
    the customer is to pay the rest is for staff to say.
    """
    if reason in UNNEEDED_REASONS:
        known = (order.private_metadata or {}).get(UNNEEDED_PAYMENTS_KEY, [])
        order.store_value_in_private_metadata({UNNEEDED_PAYMENTS_KEY: [*known, raw_id]})
        order.save(update_fields=["private_metadata"])


def unneeded_payments(order: Order) -> list[str]:
    """Return the charges that pay for nothing."""
    return list((order.private_metadata or {}).get(UNNEEDED_PAYMENTS_KEY, []))
