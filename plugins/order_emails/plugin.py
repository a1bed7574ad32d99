"""Which event writes which e-mail into the outbox, in the event's transaction.

Events come from Saleor's plugins manager, from our own signals, and from beat (reminders).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from saleor.account import emails as account_emails
from saleor.checkout import utils as checkout_utils
from saleor.order import OrderEvents, OrderEventsEmails
from saleor.order import actions as order_actions
from saleor.order import emails as order_emails
from saleor.order.models import Fulfillment, Order, OrderEvent
from saleor.plugins.base_plugin import BasePlugin

from plugins.fulfilment.models import Return, ShipmentState
from plugins.fulfilment.signals import (
    exchange_agreed,
    return_changed,
    review_wanted,
    sent_again,
    shipments_reported,
)
from plugins.inventory.alerts import alert_token, back_in_stock, stock_ran_low, variant_token
from plugins.inventory.models import BackInStockAlert
from plugins.order_emails.kinds.base import (
    changes_by_staff,
    orders_soon_released,
    parcels_left,
    was_paid,
)
from plugins.order_emails.kinds.money import BANK_REFUSED, refund_dedup_keys
from plugins.order_emails.kinds.parcels import RETURN, RETURN_EMAILS
from plugins.order_emails.models import CustomerMessage, OutgoingEmail
from plugins.order_emails.outbox import (
    SHOP,
    queue_email,
    queue_notice_email,
    queue_staff_email,
    write_row,
)
from plugins.order_emails.policies import SendRefused
from plugins.ordering import signals
from plugins.ordering.ending import BASKET_CHANGED, NOT_PAID_IN_TIME, PAYMENT_FAILED
from plugins.ordering.models import CardKind, GiftCardSale
from plugins.ordering.order_messages import sells_gift_card
from plugins.ordering.order_state import placed_by
from plugins.ordering.sold_cards import due_to_send, readdress
from product_content.languages import localized

logger = logging.getLogger(__name__)

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


@transaction.atomic
def send_due_gift_cards(*, sale_id: int | None = None) -> int:
    """Queue the e-mail of each gift card whose day has come, once; return how many there were."""
    due = list(due_to_send(sale_id=sale_id).select_for_update(skip_locked=True, of=("self",)))
    for sale in due:
        sale.sent_at = timezone.now()
        sale.save(update_fields=["sent_at"])
        _queue_gift_card(sale, "first")
    return len(due)


MAX_CARD_EMAILS = 5  # of one gift card: whoever needs more has another problem


@transaction.atomic
def send_gift_card_again(*, order_id: int, recipient: str) -> None:
    """Send a gift card once more; to another address only while it is wholly unused.

    It gets a new code then, and what went to the first address opens nothing. Raises SendRefused,
    in words for the customer.
    """
    sale = GiftCardSale.objects.select_for_update(of=("self",)).filter(order=order_id).first()
    if sale is None or not sale.card_id or sale.kind != CardKind.EMAIL or not sale.recipient:
        raise SendRefused(gettext("There is no gift card to send."))
    sent = OutgoingEmail.objects.filter(about=_about_card(sale)).count()
    if sent >= MAX_CARD_EMAILS:
        raise SendRefused(gettext("It was sent several times. Please write to us."))
    if recipient != sale.recipient and not readdress(sale, recipient):
        raise SendRefused(gettext("Something was paid with it, so it stays with whom it is for."))
    if sale.sent_at:  # else it goes out on its day
        _queue_gift_card(sale, f"again-{sent}")


def _queue_gift_card(sale: GiftCardSale, dedup_key: str) -> None:
    write_row(
        about=_about_card(sale),
        kind="gift_card",
        dedup_key=dedup_key,
        to_address=sale.recipient,
        language=sale.language,
    )


def _about_card(sale: GiftCardSale) -> str:
    return f"gift-card-{sale.pk}"


def gift_card_issued(*, sale_id: int, **_: Any) -> None:
    """Send a gift card that was paid just now, if it need not wait for its day."""
    send_due_gift_cards(sale_id=sale_id)


# Where the storefront deletes an alert. Links in e-mails that were sent hold this address.
ALERT_PATH = "/wishes/{token}/"
# Where it leads on to a product, whose name is in no link.
VARIANT_PATH = "/open/{token}/"


def connect() -> None:
    """Listen; connecting again changes nothing."""
    for signal, receiver in (
        (signals.payment_failed, payment_failed),
        (signals.order_released, order_released),
        (signals.payment_needs_attention, payment_needs_attention),
        (shipments_reported, shipments_moved),
        (return_changed, return_moved),
        (exchange_agreed, exchange_was_agreed),
        (sent_again, parcel_goes_again),
        (review_wanted, review_is_wanted),
        (signals.order_anonymised, order_anonymised),
        (signals.gift_card_issued, gift_card_issued),
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
        queue_email(order_id=order_id, kind=_kind_of_end(order_id), dedup_key="released")
    elif reason == PAYMENT_FAILED:
        kind = "cancelled" if _is_gift_card(order_id) else "released"
        queue_email(order_id=order_id, kind=kind, dedup_key=BANK_REFUSED)
    elif reason != BASKET_CHANGED:
        queue_email(order_id=order_id, kind="cancelled", dedup_key="cancelled")


def _kind_of_end(order_id: int) -> str:
    """Return the e-mail for the end of an unpaid order: what it was, and who had placed it."""
    if Return.objects.filter(replacement_id=order_id).exists():
        return "exchange_ended"
    if _is_gift_card(order_id):
        return "cancelled"  # it had no basket to go back to
    return "link_ended" if placed_by(Order.objects.get(pk=order_id)) else "released"


def _is_gift_card(order_id: int) -> bool:
    return GiftCardSale.objects.filter(order=order_id).exists()


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


def exchange_was_agreed(*, order_id: int, **_: Any) -> None:
    """Tell the customer which order brings what they get in exchange, and what is to be paid."""
    queue_email(order_id=order_id, kind="exchange_agreed", dedup_key="exchange")


def parcel_goes_again(*, order_id: int, **_: Any) -> None:
    """Tell the customer which order sends once more what did not arrive well."""
    queue_email(order_id=order_id, kind="goes_again", dedup_key="again")


def review_is_wanted(*, order_id: int, **_: Any) -> None:
    """Ask a customer who wished it, once, how it was."""
    queue_email(order_id=order_id, kind="review_invitation", dedup_key="review")


def order_anonymised(*, order_id: int, **_: Any) -> None:
    """Forget to whom the order's e-mails went, and what its customer wrote."""
    OutgoingEmail.objects.filter(order_id=order_id).update(outside={}, said="")
    CustomerMessage.objects.filter(order_id=order_id).delete()


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
            path=localized(VARIANT_PATH.format(token=variant_token(alert.variant_id))),
            unsubscribe_path=localized(ALERT_PATH.format(token=alert_token(alert))),
        )


class OrderEmailsPlugin(BasePlugin):
    """Writes an e-mail into the outbox for an order event, in the event's transaction."""

    PLUGIN_ID = "stillwater.order_emails"
    PLUGIN_NAME = "Order e-mails"
    PLUGIN_DESCRIPTION = "Sends customers e-mails about their orders."
    DEFAULT_ACTIVE = True

    def order_created(self, order: Order, previous_value: Any) -> Any:
        """Send the link to pay of an order that staff placed for its customer."""
        if self.active and placed_by(order) and order.total_gross_amount:
            queue_email(order_id=order.pk, kind="pay_by_link", dedup_key="link")
        return previous_value

    def order_fully_paid(self, order: Order, previous_value: Any) -> Any:
        """Ask for the confirmation of a paid order."""
        if self.active:
            unclaim_payment_email(order_id=order.pk)
            if sells_gift_card(order):  # nothing is to be packed
                queue_email(order_id=order.pk, kind="gift_card_bought", dedup_key="paid")
                return previous_value
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


# Saleor queues a confirmation when an order is created, another when it is paid, and more from
# account pages. The release ships none of their templates, some carry tokens as task arguments,
# and each would tell the customer a second time what our own e-mail says.
class SuppressedTask:
    """Stands where Saleor expects a Celery task of an e-mail, and does nothing."""

    def delay(self, *_args: Any, **_kwargs: Any) -> None:
        """Publish nothing."""

    apply_async = delay


def suppress_saleor_emails() -> None:
    """Replace every e-mail task by its name wherever Saleor looks it up; idempotent."""
    for module in (order_emails, account_emails):
        module.send_templated_mail = _send_nothing
    tasks = _task_names(order_emails) | _task_names(account_emails)
    for module in (order_emails, account_emails, checkout_utils, order_actions):
        for name in tasks & vars(module).keys():
            setattr(module, name, SuppressedTask())


def unclaim_payment_email(*, order_id: int) -> None:
    """Take back the history's claim that Saleor's payment e-mail went out.

    Saleor writes it when it queues the e-mail. Ours writes its own line once it was sent.
    """
    OrderEvent.objects.filter(
        order_id=order_id,
        type=OrderEvents.EMAIL_SENT,
        parameters__email_type=OrderEventsEmails.PAYMENT,
    ).delete()


def _task_names(module: ModuleType) -> set[str]:
    return {name for name, value in vars(module).items() if hasattr(value, "delay")}


def _send_nothing(template_name: str, *_args: Any, **_kwargs: Any) -> None:
    # Reached only by a task that was published before this was installed.
    logger.warning("Saleor's own e-mail %s was not sent", template_name)
