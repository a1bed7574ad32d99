"""What an order's Contract promised of its e-mails: how each looks, and whether it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saleor.order.models import Order

from plugins.ordering.order_messages import (
    CONTRACT_KEY,
    EMAIL_KINDS,
    RECEIPT_KEY,
    Fact,
    email_facts,
    facts_inside,
)
from product_content.decisions import ALLOWED, Decision, refused
from product_content.shop_settings import shop_facts


@dataclass(frozen=True)
class MessagePromise:
    """How one e-mail looks to others, and what its body may hold.

    `collection` has the collection point's `hours` and `kept_days`; it is empty without one.
    """

    subject: str
    preheader: str
    sender: str
    recipient: str
    inside: frozenset[Fact]
    parcel_sender: str
    address: tuple[str, ...]
    collection: Mapping[str, Any]


def message_promise(order: Order, kind: str) -> MessagePromise:
    """Return what was promised for this e-mail of an order."""
    contract = _contract(order)
    label: dict[str, Any] = contract.get("label") or {}
    choices: dict[str, Any] = contract.get("choices", {"messages": "full"})
    # the order's own address is read from the order: it may be changed, or be gone
    own = order.get_customer_email() or ""
    usual = email_facts(kind, number=str(order.pk), email=own, choices=choices)
    stored = contract.get("emails", {}).get(kind, {})
    promised = usual | stored
    return MessagePromise(
        subject=promised["subject"],
        preheader=promised["preheader"],
        sender=promised["from"],
        recipient=usual["to"],
        inside=frozenset(facts_inside(kind, stored if "amounts" in stored else promised)),
        parcel_sender=(label.get("sender") or [shop_facts().name])[0],
        address=tuple(label.get("recipient") or ()),
        collection=contract.get("collection") or {},
    )


def may_send(order: Order, kind: str) -> Decision:
    """Say whether the customer wants this e-mail; what must be sent is always sent."""
    if _contract(order).get("messages") == "legal" and not EMAIL_KINDS[kind].always_because:
        return refused("the customer wants no messages but the one needed by law")
    return ALLOWED


def receipt_address(order: Order) -> str:
    """Return where the payment provider may send its own receipt, "" where nobody asked for it."""
    if not (order.metadata or {}).get(RECEIPT_KEY):
        return ""
    return str(message_promise(order, "order_confirmed").recipient)


def _contract(order: Order) -> dict[str, Any]:
    return (order.metadata or {}).get(CONTRACT_KEY) or {}
