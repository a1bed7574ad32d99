"""Every kind of e-mail, one named function each; importing this package registers them all.

To add one: write its function with its texts in the module it belongs to. A kind for customers
of an order also needs a row in plugins.ordering.email_kinds, from which its sender and subject
are promised. Values that need a table go into `details`, laid out by
templates/order_emails/<kind>/body.html and body.txt; without these the base templates do.
"""

from __future__ import annotations

from plugins.order_emails.kinds import accounts, money, orders, parcels, staff
from plugins.order_emails.kinds import accounts as notices
from plugins.order_emails.kinds.base import KINDS, Audience, Context, Kind, Placeholder, Texts

__all__ = [
    "KINDS",
    "Audience",
    "Context",
    "Kind",
    "Placeholder",
    "Texts",
    "accounts",
    "money",
    "notices",
    "orders",
    "parcels",
    "returns",
    "staff",
]
