"""End orders: as sent once the rest was refunded, which Saleor never says; closed; cancelled."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.actions import cancel_order
from saleor.order.models import Order
from saleor.plugins.manager import get_plugins_manager

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.locks import lock_order
from plugins.ordering.models import PieceState, RefundStatus
from plugins.ordering.order_state import (
    DISPUTE,
    DISPUTE_LOST,
    add_note,
    attention_reasons,
    flag_locked_order,
    note_order,
    placement_of,
    settle_flags,
)
from plugins.ordering.outcomes import CloseRefused
from plugins.ordering.pieces import pieces_of, pieces_to_send, release_all
from plugins.ordering.policies import may_close
from plugins.ordering.promo_codes import release_voucher_use
from plugins.ordering.refund_lines import cancel_refunded, refunded_pieces
from plugins.ordering.refund_plans import is_refunded
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.signals import order_ending
from plugins.ordering.stock_allocation import cancel_unsent, lock_stock_of_order
from product_content.decisions import Decision


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


# Its money went back at the payment provider, or as an amount: what of its pieces?
REFUNDED_NOT_CLOSED: Final = "refunded_not_closed"
_OPEN = (OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED)


def end_order(order: Order, user: User | None) -> None:
    """Cancel a locked order at Saleor: free what it still holds, and its code's use."""
    order_ending.send(Order, order_id=order.pk)
    lock_stock_of_order(order)
    actor = user.pk if user else None
    with stock_reason(reason=StockReason.ORDER_RELEASED, order_id=order.pk, actor_id=actor):
        cancel_order(order, user=user)
    release_all(order, actor_id=actor)
    release_voucher_use(order, placement_of(order)["voucher_once_for"])


def close_if_refunded(order: Order, user: User | None) -> None:
    """Close a locked order whose last unsent piece was refunded, so that no list keeps it.

    One that lost all its money, but not its pieces, is flagged: staff say what becomes of them.
    """
    if order.status not in _OPEN or order.refunds.filter(state=RefundStatus.ASKED).exists():
        return
    if not pieces_to_send(order) and refunded_pieces(order, PieceState.UNSENT):
        _close(order, user)
    elif is_refunded(order) and REFUNDED_NOT_CLOSED not in attention_reasons(order):
        flag_locked_order(
            order,
            REFUNDED_NOT_CLOSED,
            "All its money went back, and pieces of it were not sent. Close it, or send them.",
        )


@transaction.atomic
def close_order(*, order_id: int, reason: str, actor_id: int, write_off: bool = False) -> None:
    """Close an order of which nothing more is to be sent, though its money is not here.

    For one whose dispute was lost, or whose money all went back. What it holds is free for others,
    or taken off the stock with `write_off`; its flags go. `reason` stands in its history.
    Raises CloseRefused.
    """
    order, _checkout = lock_order(order_id)
    allowed, why = may_be_closed(order)
    if not allowed:
        raise CloseRefused(why)
    settle_flags(order, actor_id=actor_id)
    note_order(order_id=order_id, message=f"Closed: {reason}", actor_id=actor_id)
    with one_configuration():
        held = {line_id: row.reserved for line_id, row in pieces_of(order).items()}
        cancel_unsent(order, held, restock=not write_off, actor_id=actor_id, reference="closed")
        _close(order, User.objects.get(pk=actor_id))


def may_be_closed(order: Order) -> Decision:
    """Say whether `close_order` would close this order now; the reason is for staff."""
    return may_close(
        is_open=order.status in _OPEN,
        disputed=DISPUTE in attention_reasons(order),
        lost=DISPUTE_LOST in attention_reasons(order),
        refunded=is_refunded(order),
    )


def _close(order: Order, user: User | None) -> None:
    if order.status == OrderStatus.PARTIALLY_FULFILLED:
        complete(order)
    else:
        end_order(order, user)
