"""What Saleor calls when something happened to an order."""

from typing import Any

from saleor.order.models import Fulfillment, Order
from saleor.plugins.base_plugin import BasePlugin

from plugins.order_emails.kinds.money import refund_occasions
from plugins.order_emails.selectors import changes_by_staff, parcels_left, was_paid
from plugins.order_emails.services import queue_email, queue_staff_email, unclaim_payment_email


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
            queue_email(order_id=order.pk, kind="order_confirmed", occasion="paid")
            queue_staff_email(order_id=order.pk, kind="new_order", occasion="paid")
        return previous_value

    def order_updated(self, order: Order, previous_value: Any) -> Any:
        """Ask for an e-mail about each refund and change, once, whatever called this."""
        if self.active:
            for occasion in refund_occasions(order.pk):
                queue_email(order_id=order.pk, kind="payment_refunded", occasion=occasion)
            for occasion in changes_by_staff(order.pk):
                queue_email(order_id=order.pk, kind="changed", occasion=occasion)
        return previous_value

    def order_cancelled(self, order: Order, previous_value: Any) -> Any:
        """Tell that a paid order is off; why an unpaid one is over, only its signal says."""
        if self.active and was_paid(order.pk):
            queue_email(order_id=order.pk, kind="cancelled", occasion="cancelled")
        return previous_value

    def fulfillment_created(self, fulfillment: Fulfillment, previous_value: Any) -> Any:
        """Tell once that parcels left, also if several were packed together."""
        if self.active:
            kind, occasion = parcels_left(fulfillment.order_id)
            queue_email(order_id=fulfillment.order_id, kind=kind, occasion=occasion)
        return previous_value
