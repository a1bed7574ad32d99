"""Release an unpaid order: free what it reserves, keep its basket.

A periodic task releases the orders that were not paid in time.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.closing import end_order
from plugins.ordering.hold_limits import note_end
from plugins.ordering.locks import lock_order
from plugins.ordering.models import ACTIVE, PAYABLE, PaymentSession, SessionStatus
from plugins.ordering.order_state import add_note, is_paid, money_reasons
from plugins.ordering.outcomes import (
    OrderRefused,
    PaymentProcessing,
    PaymentUnavailable,
    ReleaseOutcome,
)
from plugins.ordering.payment_recording import close_session, is_processing
from plugins.ordering.promo_codes import give_back_gift_cards
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.signals import order_released

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
    give_back_gift_cards(order)
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
