"""How far an order has got, as far as its parcel is concerned."""

from __future__ import annotations

from typing import TypedDict

from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.marks import PACKING_KEY
from plugins.ordering.selectors import is_paid

_SENT = (OrderStatus.FULFILLED, OrderStatus.PARTIALLY_FULFILLED)


class Progress(TypedDict):
    """The facts that `policies.may_change` is told."""

    paid: bool
    canceled: bool
    sent: bool
    packing: bool


def progress_of(order: Order) -> Progress:
    """Return how far the order has got."""
    return Progress(
        paid=is_paid(order),
        canceled=order.status == OrderStatus.CANCELED,
        sent=order.status in _SENT,
        packing=PACKING_KEY in (order.private_metadata or {}),
    )
