"""An order is sent as a whole once the rest of it was refunded; Saleor never says so."""

from __future__ import annotations

from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.plugins.manager import get_plugins_manager

from plugins.ordering.models import RefundStatus
from plugins.ordering.order_state import add_note
from plugins.ordering.pieces import pieces_to_send
from plugins.ordering.refund_pieces import cancel_refunded


def complete_if_nothing_unsent(order: Order) -> None:
    """Mark an order as sent when the rest of it was refunded; Saleor never does.

    The caller holds the lock of the order.
    """
    if order.status == OrderStatus.PARTIALLY_FULFILLED and not pieces_to_send(order):
        complete(order)


def complete(order: Order) -> None:
    """Mark a locked order as sent of which nothing more is sent.

    What is about to be refunded is given up as well: an order that is closed holds nothing.
    """
    order.status = OrderStatus.FULFILLED
    order.save(update_fields=["status"])
    for refund in order.refunds.filter(state=RefundStatus.ASKED).order_by("pk"):
        cancel_refunded(refund)
    add_note(order, "All was sent but what was refunded or kept back.")
    get_plugins_manager().order_fulfilled(order)
