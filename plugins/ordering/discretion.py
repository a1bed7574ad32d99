"""What was promised about an order's messages, for every plugin that speaks for it.

plugins.discreet_shipping writes the Discretion Contract into the order's metadata; whoever
sends something reads it here, and need not know that plugin. An order without a contract
(made by staff, or before there was one) gets the shop's neutral texts. What kinds of e-mail
there are, and how to add one, stands in `plugins.ordering.email_kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from saleor.order.models import Order

from plugins.ordering.email_kinds import EMAIL_KINDS

CONTRACT_KEY = "discretion_contract"
RECEIPT_KEY = "payment_receipt"  # in the metadata of baskets and orders; there only if wanted


def receipt_address(order: Order) -> str:
    """Return where the payment provider may send its own receipt, "" where nobody asked for it."""
    if not (order.metadata or {}).get(RECEIPT_KEY):
        return ""
    return str(message_promise(order, "order_confirmed").recipient)


def subject_of(kind: str, number: str, code_word: str = "") -> str:
    """Return the subject of an e-mail; with a code word, the shop's name is not in it."""
    return EMAIL_KINDS[kind].subject_for(number, code_word)


def email_facts(
    kind: str, *, number: str, email: str, choices: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what others see of one e-mail, as a Contract holds it.

    `choices` are stored choices of plugins.discreet_shipping; a missing one is the usual one.
    `items` and `amounts` say whether the body may name what was bought and what it cost.
    """
    about = EMAIL_KINDS[kind]
    receipt = choices.get("receipt", "email") == "email"
    full = choices.get("messages", "neutral") == "full"
    return {
        "from": settings.DEFAULT_FROM_EMAIL,
        "to": choices.get("message_email") or email,
        "when": str(about.when),
        "subject": about.subject_for(number, choices.get("code_word", "")),
        "preheader": str(about.preheader),
        "items": about.may_name_items and full and receipt,
        "amounts": receipt or about.amount_is_its_point,
    }


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
    contract = _contract(order)
    label: dict[str, Any] = contract.get("label") or {}
    choices: dict[str, Any] = contract.get("choices", {"messages": "full"})
    # the order's own address is read from the order: it may be changed, or be gone
    own = order.get_customer_email() or ""
    usual = email_facts(kind, number=str(order.pk), email=own, choices=choices)
    promised = usual | contract.get("emails", {}).get(kind, {})
    return MessagePromise(
        subject=promised["subject"],
        preheader=promised["preheader"],
        sender=promised["from"],
        recipient=usual["to"],
        items=promised["items"],
        amounts=promised["amounts"],
        parcel_sender=(label.get("sender") or [settings.SHOP_NAME])[0],
        address=tuple(label.get("recipient") or ()),
    )


def may_send(order: Order, kind: str) -> tuple[bool, str]:
    """Say whether the customer wants this e-mail; what must be sent is always sent."""
    if _contract(order).get("messages") == "legal" and not EMAIL_KINDS[kind].always_because:
        return False, "the customer wants no messages but the one needed by law"
    return True, ""


def _contract(order: Order) -> dict[str, Any]:
    return (order.metadata or {}).get(CONTRACT_KEY) or {}
