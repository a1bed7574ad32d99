"""How orders end: an unpaid one is released and keeps its basket; others are closed or cancelled.

A periodic task releases the orders that were not paid in time. An order counts as sent once the
rest of it was refunded, which Saleor never says.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final, Literal

from django.db import transaction
from django.utils import timezone
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.actions import cancel_order
from saleor.order.models import Order
from saleor.plugins.manager import get_plugins_manager

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.holds import note_end
from plugins.ordering.locks import lock_order
from plugins.ordering.models import (
    ACTIVE,
    PAYABLE,
    PaymentSession,
    PieceState,
    RefundStatus,
    SessionStatus,
)
from plugins.ordering.order_state import (
    DISPUTE,
    DISPUTE_LOST,
    add_note,
    attention_reasons,
    flag_locked_order,
    is_paid,
    money_reasons,
    note_order,
    placement_of,
    settle_flags,
)
from plugins.ordering.outcomes import (
    CloseRefused,
    OrderRefused,
    PaymentProcessing,
    PaymentUnavailable,
    ReleaseOutcome,
)
from plugins.ordering.payment_recording import close_session, is_processing
from plugins.ordering.pieces import pieces_of, pieces_to_send, release_all
from plugins.ordering.policies import may_close
from plugins.ordering.promo_codes import release_gift_cards, release_voucher_use
from plugins.ordering.refund_lines import cancel_refunded, refunded_pieces
from plugins.ordering.refund_plans import is_refunded
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.signals import order_ending, order_released
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


logger = logging.getLogger(__name__)

BASKET_CHANGED = "The basket was changed."
CANCELLED_BY_CUSTOMER = "Cancelled by the customer."
NOT_PAID_IN_TIME = "Not paid in time."
PAYMENT_FAILED = "The bank did not make the payment."

ReleaseState = Literal["released", "already_released", "paid", "kept"]


_MAX_ATTEMPTS = 3


def release_order(*, order_id: int, reason: str) -> ReleaseOutcome:
    """Release an unpaid order: stock, gift cards and voucher use are given back.

    Its payment session is closed at the provider first. If the customer had paid, the
    payment is recorded and the state is "paid"; if the provider cannot say, it is "kept".
    `reason` goes into the order's history.
    """
    for _ in range(_MAX_ATTEMPTS):
        session = _active_session(order_id)
        if session is not None and close_session(session) == "open":
            break
        with transaction.atomic(), one_configuration():
            order, _checkout = lock_order(order_id)
            if _same_session(session, _active_session(order_id, lock=True)):
                return _outcome(order, _release(order, session, reason))
        # Another request opened a session meanwhile: close that one too.
    logger.warning("order %s is kept: its payment session is still open", order_id)
    return _outcome(Order.objects.get(pk=order_id), "kept")


def why_kept(order_id: int) -> OrderRefused:
    """Return, to be raised, why `release_order` has kept an order, in words for the customer."""
    return PaymentProcessing() if is_processing(order_id) else PaymentUnavailable()


def detach_from_basket(order: Order) -> None:
    """Detach a cancelled order from its basket, so that the basket can be ordered again."""
    order.store_value_in_private_metadata({"checkout_token": order.checkout_token})
    order.checkout_token = ""
    order.save(update_fields=["checkout_token", "private_metadata"])


def _active_session(order_id: int, *, lock: bool = False) -> PaymentSession | None:
    sessions = PaymentSession.objects.filter(order_id=order_id, state__in=ACTIVE)
    return (sessions.select_for_update(of=("self",)) if lock else sessions).first()


def _same_session(closed: PaymentSession | None, now: PaymentSession | None) -> bool:
    if closed is None or now is None:
        return now is None
    return (closed.pk, closed.reference) == (now.pk, now.reference)


def _release(order: Order, session: PaymentSession | None, reason: str) -> ReleaseState:
    if order.status == OrderStatus.CANCELED:
        return "already_released"
    if is_paid(order):
        return "paid"
    if money_reasons(order):
        return "kept"  # money came in that does not fit: staff decide first
    _end_session(session, reason)
    note_end(order, session.expires_at if session and reason == NOT_PAID_IN_TIME else None)
    release_gift_cards(order)
    end_order(order, user=None)
    order.payments.update(is_active=False)
    detach_from_basket(order)
    add_note(order, f"Released: {reason}")
    order_released.send(Order, order_id=order.pk, reason=reason)
    return "released"


def _end_session(session: PaymentSession | None, reason: str) -> None:
    if session is None:
        return
    expired = reason == NOT_PAID_IN_TIME
    session.state = SessionStatus.EXPIRED if expired else SessionStatus.CANCELED
    session.save(update_fields=["state"])


def _outcome(order: Order, state: ReleaseState) -> ReleaseOutcome:
    return ReleaseOutcome(order.pk, order.token, state)


MAX_ORDERS_PER_RUN = 200  # orders per run; the next run takes the rest


def release_unpaid_orders(*, now: datetime | None = None) -> int:
    """Release the orders whose payment session has ended by `now`; return how many.

    A bank payment on its way keeps its order held, however long the bank takes.

    One order that fails does not keep the others; it is tried again at the next run.
    """
    ended = PaymentSession.objects.filter(
        state__in=PAYABLE, expires_at__lte=now or timezone.now()
    ).order_by("expires_at")
    return sum(
        _try_to_release(order_id)
        for order_id in ended.values_list("order_id", flat=True)[:MAX_ORDERS_PER_RUN]
    )


def _try_to_release(order_id: int) -> bool:
    try:
        outcome = release_order(order_id=order_id, reason=NOT_PAID_IN_TIME)
    except Exception:
        logger.exception("order %s could not be released", order_id)
        return False
    return outcome.state == "released"
