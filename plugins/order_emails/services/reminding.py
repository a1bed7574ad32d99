"""Remind of a payment before the order is released, once, also whoever just closed the page."""

from __future__ import annotations

from datetime import timedelta

from plugins.order_emails.selectors import orders_soon_released
from plugins.order_emails.services.outbox import queue_email

UNPAID = "unpaid"  # one occasion for all reasons: an order's customer is reminded once
LAST_CALL = timedelta(minutes=15)  # before the hold ends: time to find the card
# Whoever is declined mostly tries another card at once: then this e-mail is not needed.
SECOND_TRY = timedelta(minutes=5)


def tell_of_decline(*, order_id: int) -> None:
    """Queue, for a while later, that a payment did not work and the order waits for it."""
    queue_email(order_id=order_id, kind="payment_needed", occasion=UNPAID, delay=SECOND_TRY)


def remind_of_payment() -> int:
    """Queue a reminder for each unpaid order whose hold ends soon; return how many there were."""
    orders = orders_soon_released(LAST_CALL)
    for order_id in orders:
        queue_email(order_id=order_id, kind="payment_needed", occasion=UNPAID)
    return len(orders)
