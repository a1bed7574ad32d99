"""What Saleor calls when something happened to an order."""

from typing import Any

from saleor.order.models import Order
from saleor.plugins.base_plugin import BasePlugin


class OrderEmailsPlugin(BasePlugin):
    """Writes an e-mail into the outbox for an order event, in the event's transaction."""

    PLUGIN_ID = "stillwater.order_emails"
    PLUGIN_NAME = "Order e-mails"
    DEFAULT_ACTIVE = True

    def order_fully_paid(self, order: Order, previous_value: Any) -> Any:
        """Ask for the confirmation of a paid order."""
        return previous_value
