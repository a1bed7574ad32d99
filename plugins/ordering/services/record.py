"""Record what a provider says about a payment."""

from __future__ import annotations

from prices import Money

from plugins.ordering.results import PaymentOutcome


def record_payment(*, provider: str, reference: str, amount: Money, raw_id: str) -> PaymentOutcome:
    """Record money that a provider has taken."""
    raise NotImplementedError


def record_payment_failure(
    *, provider: str, reference: str, raw_id: str, message: str = "declined"
) -> None:
    """Record that a payment was declined; the order and its session stay open."""
    raise NotImplementedError
