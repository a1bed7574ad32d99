"""What Saleor calls when something happened to an order."""

from typing import Any

from saleor.order.models import Order
from saleor.plugins.base_plugin import BasePlugin

from plugins.order_emails.kinds.money import refund_occasions
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
        """Ask for an e-mail about each refund, once, whatever the order was updated for."""
        if self.active:
            for occasion in refund_occasions(order.pk):
                queue_email(order_id=order.pk, kind="payment_refunded", occasion=occasion)
        return previous_value
