"""What several kinds of e-mail about an order have in common."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django.utils.translation import gettext_lazy as _

from plugins.order_emails.kinds.base import Context, Placeholder
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.policies import NoRecipient
from plugins.ordering.discretion import MessagePromise, message_promise
from plugins.ordering.links import order_link
from product_content.languages import locale_of

NUMBER = Placeholder(_("the order's number"), "1042", required=True)
PARCEL_SENDER = Placeholder(_("the sender's name on the parcel"), "Stillwater")
SEE_ORDER = _("See your order")
SAMPLE_ADDRESS = ["Robin Marsh", "4 Mill Lane", "LEWES", "BN7 1AA", "United Kingdom"]
# Plain words in place of articles: a preview is looked at over somebody's shoulder too.
SAMPLE_LINES = [{"name": "Plain box", "sizes": "", "quantity": 2, "total": "£98.00"}]


def order_of(row: OutgoingEmail) -> Any:
    """Return the row's order; raises NoRecipient when it is gone."""
    if row.order is None:
        raise NoRecipient
    return row.order


def promise_of(row: OutgoingEmail) -> MessagePromise:
    """Return what was promised for this e-mail of its order."""
    return message_promise(order_of(row), row.kind)


def order_url(order: Any) -> str:
    """Return a fresh link that opens the customer's page of an order."""
    return order_link(order=order)


def basics(row: OutgoingEmail) -> tuple[Any, Locale, Context]:
    """Return the order, its locale, and what every e-mail about it can say."""
    order = order_of(row)
    values: dict[str, Any] = {"number": str(order.pk), "url": order_url(order)}
    return order, locale_of(order.language_code), values
