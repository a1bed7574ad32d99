"""Marks for staff."""

from __future__ import annotations

from django.db import transaction
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.errors import SettleRefused
from plugins.ordering.marks import ATTENTION, DISPUTE, DISPUTE_LOST
from plugins.ordering.policies import Answer, may_settle
from plugins.ordering.selectors import is_paid
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.notes import attention_of, flag, note_order, unneeded_payments
from plugins.ordering.services.refund_books import left_to_give_back


@transaction.atomic
def flag_order(*, order_id: int, reason: str, message: str) -> None:
    """Mark an order for staff, once per reason; `message` goes into its history."""
    order, _checkout = lock_order(order_id)
    if reason not in attention_of(order):
        flag(order, reason, message)


@transaction.atomic
def unflag_order(*, order_id: int, reason: str) -> None:
    """Take one reason for attention away; other reasons stay."""
    order, _checkout = lock_order(order_id)
    _keep(order, [known for known in attention_of(order) if known != reason])


@transaction.atomic
def settle_attention(*, order_id: int, seen: str, reason: str, actor_id: int) -> None:
    """Take all marks away, because a person looked: the order goes its way again.

    `seen` is the stamp of the marks that the person knew of; `reason` stands in the time line.
    Raises SettleRefused.
    """
    order, _checkout = lock_order(order_id)
    allowed, why = may_be_settled(order)
    if allowed and seen != attention_stamp(order):
        allowed, why = False, "Something else came up meanwhile. Look at the time line again."
    if not allowed:
        raise SettleRefused(why)
    _keep(order, [])
    note_order(order_id=order_id, message=f"Looked at, and settled: {reason}", actor_id=actor_id)


def attention_stamp(order: Order) -> str:
    """Return a mark of why the order needs attention, by which a form tells what it showed."""
    return ",".join(attention_of(order))


def may_be_settled(order: Order) -> Answer:
    """Say whether `settle_attention` would take the marks away now, and if not, why."""
    reasons = attention_of(order)
    is_over = order.status == OrderStatus.CANCELED or is_paid(order)
    return may_settle(
        flagged=bool(reasons),
        disputed=DISPUTE in reasons,
        lost=DISPUTE_LOST in reasons,
        sent=order.status == OrderStatus.FULFILLED,
        loose=not is_over and left_to_give_back(order).amount > 0,
    )


def is_unneeded(*, order_id: int, raw_id: str) -> bool:
    """Say whether this charge pays for nothing and is to be given back."""
    return raw_id in unneeded_payments(Order.objects.get(pk=order_id))


def _keep(order: Order, reasons: list[str]) -> None:
    if reasons:
        order.store_value_in_private_metadata({ATTENTION: reasons})
    else:
        order.delete_value_from_private_metadata(ATTENTION)
    order.save(update_fields=["private_metadata"])
