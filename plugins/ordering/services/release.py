"""Release an unpaid order: everything it holds is given back, its basket is kept."""

from __future__ import annotations

import logging
from typing import Literal

from django.db import transaction
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.models import ACTIVE, PaymentSession, SessionStatus
from plugins.ordering.plugin import one_configuration
from plugins.ordering.results import ReleaseOutcome
from plugins.ordering.selectors import is_paid
from plugins.ordering.services.give_back import give_back
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.notes import add_note, attention_of
from plugins.ordering.services.sessions import close_session
from plugins.ordering.signals import order_released

logger = logging.getLogger(__name__)

BASKET_CHANGED = "The basket was changed."
CANCELED_BY_CUSTOMER = "Canceled by the customer."
NOT_PAID_IN_TIME = "Not paid in time."

State = Literal["released", "already_released", "paid", "kept"]


_ROUNDS = 3


def release_order(*, order_id: int, reason: str) -> ReleaseOutcome:
    """Release an unpaid order: stock, gift cards and voucher use are given back.

    Its payment session is closed at the provider first. If the customer had paid, the
    payment is recorded and the state is "paid"; if the provider cannot say, it is "kept".
    `reason` goes into the order's history.
    """
    for _ in range(_ROUNDS):
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


def detach(order: Order) -> None:
    """Part a canceled order from its basket, so that the basket can be ordered again."""
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


def _release(order: Order, session: PaymentSession | None, reason: str) -> State:
    if order.status == OrderStatus.CANCELED:
        return "already_released"
    if is_paid(order):
        return "paid"
    if attention_of(order):
        return "kept"  # money came in that does not fit: staff decide first
    _end_session(session, reason)
    give_back(order, user=None)
    order.payments.update(is_active=False)
    detach(order)
    add_note(order, f"Released: {reason}")
    order_released.send(Order, order_id=order.pk, reason=reason)
    return "released"


def _end_session(session: PaymentSession | None, reason: str) -> None:
    if session is None:
        return
    expired = reason == NOT_PAID_IN_TIME
    session.state = SessionStatus.EXPIRED if expired else SessionStatus.CANCELED
    session.save(update_fields=["state"])


def _outcome(order: Order, state: State) -> ReleaseOutcome:
    return ReleaseOutcome(order.pk, order.token, state)
