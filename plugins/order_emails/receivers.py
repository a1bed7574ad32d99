"""What plugins.ordering tells, and the e-mail that follows; in the event's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from plugins.order_emails.services import queue_email, queue_staff_email
from plugins.order_emails.services.outbox import SHOP
from plugins.ordering import signals
from plugins.ordering.services import BASKET_CHANGED, NOT_PAID_IN_TIME

# Whoever is declined mostly tries another card at once: then this e-mail is not needed.
SECOND_TRY = timedelta(minutes=5)


def connect() -> None:
    """Listen; connecting again changes nothing."""
    for signal, receiver in (
        (signals.payment_failed, payment_failed),
        (signals.order_released, order_released),
        (signals.payment_needs_attention, payment_needs_attention),
    ):
        signal.connect(receiver, dispatch_uid=f"order_emails.{receiver.__name__}")


def payment_failed(*, order_id: int, **_: Any) -> None:
    """Say, once per order and after a while, that it still waits for its payment."""
    queue_email(order_id=order_id, kind="payment_needed", occasion="declined", delay=SECOND_TRY)


def order_released(*, order_id: int, reason: str, **_: Any) -> None:
    """Say that an unpaid order is over, unless its customer has just changed the basket."""
    if reason == NOT_PAID_IN_TIME:
        queue_email(order_id=order_id, kind="released", occasion="released")
    elif reason != BASKET_CHANGED:
        queue_email(order_id=order_id, kind="cancelled", occasion="cancelled")


def payment_needs_attention(*, order_id: int | None, reason: str, occasion: str, **_: Any) -> None:
    """Tell staff that somebody has to look at a payment."""
    queue_staff_email(
        kind="payment_attention",
        occasion=f"{reason}:{occasion}",
        order_id=order_id,
        subject_id=SHOP,
    )
