"""Marks for staff."""

from __future__ import annotations

from django.db import transaction
from saleor.order.models import Order

from plugins.ordering.marks import ATTENTION
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.notes import attention_of, flag, unneeded_payments


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
    reasons = [known for known in attention_of(order) if known != reason]
    if reasons:
        order.store_value_in_private_metadata({ATTENTION: reasons})
    else:
        order.delete_value_from_private_metadata(ATTENTION)
    order.save(update_fields=["private_metadata"])


def is_unneeded(*, order_id: int, raw_id: str) -> bool:
    """Say whether this charge pays for nothing and is to be given back."""
    return raw_id in unneeded_payments(Order.objects.get(pk=order_id))
