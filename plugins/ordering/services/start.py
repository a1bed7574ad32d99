"""Open the payment of an order."""

from __future__ import annotations

from plugins.ordering.results import PaymentStart


def start_payment(*, order_id: int) -> PaymentStart:
    """Open, or reuse, the payment session of the order."""
    raise NotImplementedError
