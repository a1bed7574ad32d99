"""What passes between Stripe's SDK and the rest: plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NewSession:
    """A payment page to open. `amount` is in the currency's smallest unit, times are Unix."""

    key: str
    order_number: str
    amount: int
    currency: str
    success_url: str
    cancel_url: str
    expires_at: int
    statement_suffix: str
    methods: tuple[str, ...]  # ways to pay, by Stripe's names
    receipt_email: str = ""  # only where the customer asks for Stripe's own receipt


@dataclass(frozen=True)
class SessionData:
    """A Checkout Session as Stripe reports it. `key` is our key in its metadata."""

    reference: str
    url: str
    status: str
    payment_status: str
    amount: int
    currency: str
    order_number: str
    key: str
    intent: str
    intent_status: str
    failure: str


@dataclass(frozen=True)
class RefundData:
    """A refund as Stripe reports it; `key` is empty when it was not made by this shop."""

    reference: str
    intent: str
    amount: int
    currency: str
    status: str
    key: str


@dataclass(frozen=True)
class DisputeData:
    """A dispute (chargeback) as Stripe reports it."""

    reference: str
    intent: str
    amount: int
    currency: str
    status: str
    reason: str


@dataclass(frozen=True)
class EventData:
    """What a webhook is about: its kind and the id of an object, no more."""

    event_id: str
    kind: str
    object_id: str
    livemode: bool
    created: int
