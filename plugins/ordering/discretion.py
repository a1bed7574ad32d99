"""What was promised about an order's messages, for every plugin that speaks for it.

plugins.discreet_shipping writes the Discretion Contract into the order's metadata; whoever
sends something reads it here, and need not know that plugin. An order without a contract
(made by staff, or before there was one) gets the shop's neutral texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from saleor.order.models import Order

CONTRACT_KEY = "discretion_contract"
NEEDED_BY_LAW = frozenset({"order_confirmed"})  # a confirmation on a durable medium
PREHEADER = "Thank you. We have your payment, and we are getting your parcel ready."


def neutral_subject(number: str) -> str:
    """Return the subject of the confirmation of an order without a code word."""
    return f"Your {settings.SHOP_NAME} order {number}"


@dataclass(frozen=True)
class MessagePromise:
    """How one e-mail looks to others. `items` and `amounts` say whether its body names them."""

    subject: str
    preheader: str
    sender: str
    recipient: str
    items: bool
    amounts: bool
    parcel_sender: str
    address: tuple[str, ...]


def message_promise(order: Order, kind: str) -> MessagePromise:
    """Return what was promised for this e-mail of an order."""
    contract: dict[str, Any] = (order.metadata or {}).get(CONTRACT_KEY) or {}
    email: dict[str, Any] = contract.get("emails", {}).get(kind, {})
    label: dict[str, Any] = contract.get("label") or {}
    return MessagePromise(
        subject=email.get("subject") or neutral_subject(str(order.pk)),
        preheader=email.get("preheader") or PREHEADER,
        sender=email.get("from") or settings.DEFAULT_FROM_EMAIL,
        # the order's own address is read from the order: it may be changed, or be gone
        recipient=contract.get("choices", {}).get("message_email") or order.get_customer_email(),
        items=bool(email.get("items", True)),
        amounts=bool(email.get("amounts", True)),
        parcel_sender=(label.get("sender") or [settings.SHOP_NAME])[0],
        address=tuple(label.get("recipient") or ()),
    )


def may_send(order: Order, kind: str) -> tuple[bool, str]:
    """Say whether the customer wants this e-mail; what the law asks for is always sent."""
    contract: dict[str, Any] = (order.metadata or {}).get(CONTRACT_KEY) or {}
    if kind not in NEEDED_BY_LAW and contract.get("messages") == "legal":
        return False, "the customer wants no messages but the one needed by law"
    return True, ""
