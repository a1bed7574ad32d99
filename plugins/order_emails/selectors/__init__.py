"""What e-mails read of orders."""

from plugins.order_emails.selectors.addresses import address_lines
from plugins.order_emails.selectors.events import (
    changes_by_staff,
    is_canceled,
    orders_soon_released,
    parcels_left,
    parcels_of,
    stock_of,
    was_declined,
    was_moved,
    was_paid,
)
from plugins.order_emails.selectors.lines import (
    order_lines,
    order_sums,
    order_to_read,
    sent_lines,
)

__all__ = [
    "address_lines",
    "changes_by_staff",
    "is_canceled",
    "order_lines",
    "order_sums",
    "order_to_read",
    "orders_soon_released",
    "parcels_left",
    "parcels_of",
    "sent_lines",
    "stock_of",
    "was_declined",
    "was_moved",
    "was_paid",
]
