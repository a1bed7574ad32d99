"""An order of which nothing is left to send, because the rest was refunded, is complete."""

from __future__ import annotations

from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.plugins.manager import get_plugins_manager

from plugins.ordering.models import RefundStatus
from plugins.ordering.order_state import add_note
from plugins.ordering.pieces import pieces_to_send
from plugins.ordering.stock_allocation import book_refunded_pieces


def complete_if_nothing_unsent(order: Order) -> None:
    """Mark an order as sent when the rest of it was refunded; Saleor never does.

    The caller holds the lock of the order.
    """
    if order.status != OrderStatus.PARTIALLY_FULFILLED or pieces_to_send(order):
        return
    order.status = OrderStatus.FULFILLED
    order.save(update_fields=["status"])
    _book_refunds_under_way(order)
    add_note(order, "All was sent but what was refunded.")
    get_plugins_manager().order_fulfilled(order)


def _book_refunds_under_way(order: Order) -> None:
    """Give up what is about to be refunded: an order that is closed holds nothing."""
    asked = list(order.refunds.filter(state=RefundStatus.ASKED).order_by("pk"))
    ids = [refund.pk for refund in asked]
    for place, refund in enumerate(asked):
        book_refunded_pieces(refund, earlier=ids[:place])
