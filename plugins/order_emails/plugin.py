"""Which event writes which e-mail into the outbox, in the event's transaction.

Events come from Saleor's plugins manager, from our own signals, and from beat (reminders).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import translation
from saleor.order.models import Fulfillment, Order
from saleor.plugins.base_plugin import BasePlugin

from plugins.fulfilment.models import ShipmentState
from plugins.fulfilment.signals import return_changed, shipments_reported
from plugins.inventory.alerts import alert_token
from plugins.inventory.models import BackInStockAlert
from plugins.inventory.signals import back_in_stock, stock_ran_low
from plugins.order_emails.kinds.money import BANK_REFUSED, refund_dedup_keys
from plugins.order_emails.kinds.returns import RETURN, RETURN_EMAILS
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.order_history import (
    changes_by_staff,
    orders_soon_released,
    parcels_left,
    was_paid,
)
from plugins.order_emails.outbox import SHOP, queue_email, queue_notice_email, queue_staff_email
from plugins.order_emails.suppress import unclaim_payment_email
from plugins.ordering import signals
from plugins.ordering.releasing import BASKET_CHANGED, NOT_PAID_IN_TIME, PAYMENT_FAILED
from product_content.languages import localized

UNPAID = "unpaid"  # one dedup_key for all reasons: an order's customer is reminded once
REMINDER_LEAD = timedelta(minutes=15)  # before the hold ends: time to find the card
# Whoever is declined mostly tries another card at once: then this e-mail is not needed.
RETRY_DELAY = timedelta(minutes=5)


def queue_decline_email(*, order_id: int) -> None:
    """Queue, for a while later, that a payment did not work and the order waits for it."""
    queue_email(order_id=order_id, kind="payment_needed", dedup_key=UNPAID, delay=RETRY_DELAY)


def queue_payment_reminders() -> int:
    """Queue a reminder for each unpaid order whose hold ends soon; return how many there were."""
    orders = orders_soon_released(REMINDER_LEAD)
    for order_id in orders:
        queue_email(order_id=order_id, kind="payment_needed", dedup_key=UNPAID)
    return len(orders)


# Where the storefront deletes an alert. Links in e-mails that were sent hold this address.
ALERT_PATH = "/wishes/{token}/"


def connect() -> None:
    """Listen; connecting again changes nothing."""
    for signal, receiver in (
        (signals.payment_failed, payment_failed),
        (signals.order_released, order_released),
        (signals.payment_needs_attention, payment_needs_attention),
        (shipments_reported, shipments_moved),
        (return_changed, return_moved),
        (signals.order_anonymised, order_anonymised),
        (stock_ran_low, stock_is_low),
        (back_in_stock, stock_is_back),
    ):
        signal.connect(receiver, dispatch_uid=f"order_emails.{receiver.__name__}")


def payment_failed(*, order_id: int, **_: Any) -> None:
    """Say, once per order and after a while, that it still waits for its payment."""
    queue_decline_email(order_id=order_id)


def order_released(*, order_id: int, reason: str, **_: Any) -> None:
    """Say that an unpaid order is over, unless its customer has just changed the basket."""
    if reason == NOT_PAID_IN_TIME:
        queue_email(order_id=order_id, kind="released", dedup_key="released")
    elif reason == PAYMENT_FAILED:
        queue_email(order_id=order_id, kind="released", dedup_key=BANK_REFUSED)
    elif reason != BASKET_CHANGED:
        queue_email(order_id=order_id, kind="cancelled", dedup_key="cancelled")


def payment_needs_attention(*, order_id: int | None, reason: str, dedup_key: str, **_: Any) -> None:
    """Tell staff that somebody has to look at a payment."""
    queue_staff_email(
        kind="payment_attention",
        dedup_key=f"{reason}:{dedup_key}",
        order_id=order_id,
        subject_id=SHOP,
    )


def shipments_moved(
    *, order_id: int, newest_id: int, state: str, is_collection: bool, **_: Any
) -> None:
    """Tell the customer that parcels can be collected, were collected or were handed over."""
    kind = "collected" if is_collection and state == ShipmentState.DELIVERED else state
    queue_email(order_id=order_id, kind=kind, dedup_key=f"{state}-{newest_id}")


def return_moved(*, order_id: int, return_id: int, state: str, **_: Any) -> None:
    """Tell the customer, once for each state, how far what they send back has got."""
    if state in RETURN_EMAILS:
        kind, dedup_key = RETURN_EMAILS[state], f"{RETURN}{return_id}"
        queue_email(order_id=order_id, kind=kind, dedup_key=dedup_key)


def order_anonymised(*, order_id: int, **_: Any) -> None:
    """Forget to whom the order's e-mails went."""
    OutgoingEmail.objects.filter(order_id=order_id).update(outside={})


def stock_is_low(*, stock_id: int, dedup_key: str, **_: Any) -> None:
    """Tell staff, once, that a stock came down to its reorder point."""
    queue_staff_email(kind="low_stock", dedup_key=dedup_key, subject_id=f"stock-{stock_id}")


def stock_is_back(*, alert: BackInStockAlert, **_: Any) -> None:
    """Tell a customer who asked that something is here again, in the language they asked in."""
    with translation.override(alert.language):
        queue_notice_email(
            about=f"alert-{alert.pk}",
            kind="back_in_stock",
            dedup_key="back",
            to_address=alert.email,
            path=alert.path,
            unsubscribe_path=localized(ALERT_PATH.format(token=alert_token(alert))),
        )


class OrderEmailsPlugin(BasePlugin):
    """Writes an e-mail into the outbox for an order event, in the event's transaction."""

    PLUGIN_ID = "stillwater.order_emails"
    PLUGIN_NAME = "Order e-mails"
    PLUGIN_DESCRIPTION = "Sends customers e-mails about their orders."
    DEFAULT_ACTIVE = True

    def order_fully_paid(self, order: Order, previous_value: Any) -> Any:
        """Ask for the confirmation of a paid order."""
        if self.active:
            unclaim_payment_email(order_id=order.pk)
            queue_email(order_id=order.pk, kind="order_confirmed", dedup_key="paid")
            queue_staff_email(order_id=order.pk, kind="new_order", dedup_key="paid")
        return previous_value

    def order_updated(self, order: Order, previous_value: Any) -> Any:
        """Ask for an e-mail about each refund and change, once, whatever called this."""
        if self.active:
            for dedup_key in refund_dedup_keys(order.pk):
                queue_email(order_id=order.pk, kind="payment_refunded", dedup_key=dedup_key)
            for dedup_key in changes_by_staff(order.pk):
                queue_email(order_id=order.pk, kind="changed", dedup_key=dedup_key)
        return previous_value

    def order_cancelled(self, order: Order, previous_value: Any) -> Any:
        """Tell that a paid order is off; why an unpaid one is over, only its signal says."""
        if self.active and was_paid(order.pk):
            queue_email(order_id=order.pk, kind="cancelled", dedup_key="cancelled")
        return previous_value

    def fulfillment_created(self, fulfillment: Fulfillment, previous_value: Any) -> Any:
        """Tell once that parcels left, also if several were packed together."""
        if self.active:
            kind, dedup_key = parcels_left(fulfillment.order_id)
            queue_email(order_id=fulfillment.order_id, kind=kind, dedup_key=dedup_key)
        return previous_value
