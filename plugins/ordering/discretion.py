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
PREHEADERS = {
    "order_confirmed": "Thank you. We have your payment, and we are getting your parcel ready.",
    "payment_refunded": "It is on its way back to you.",
}
_SUBJECTS = {
    "order_confirmed": ("Your {shop} order {number}", "{word}: order {number}"),
    "payment_refunded": ("Refund for your {shop} order {number}", "{word}: refund, order {number}"),
}


def subject_of(kind: str, number: str, code_word: str = "") -> str:
    """Return the subject of an e-mail; with a code word, the shop's name is not in it."""
    usual, with_word = _SUBJECTS[kind]
    text = with_word if code_word else usual
    return text.format(shop=settings.SHOP_NAME, number=number, word=code_word)


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
        subject=email.get("subject") or subject_of(kind, str(order.pk)),
        preheader=email.get("preheader") or PREHEADERS[kind],
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
