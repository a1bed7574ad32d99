"""Putting orders into an account."""

from __future__ import annotations

from uuid import UUID

from saleor.order import OrderStatus
from saleor.order.models import Order


def add_order(*, user_id: int, token: UUID) -> bool:
    """Put a guest's order into an account; False if there is none, or it is in another account.

    Only for an order that this browser may open. That an address fits is no proof: whoever opens
    an account with an address would inherit what others ordered with it.
    """
    free = Order.objects.exclude(status=OrderStatus.DRAFT).filter(token=str(token), user=None)
    if free.update(user_id=user_id):
        return True
    return Order.objects.filter(token=str(token), user_id=user_id).exists()
