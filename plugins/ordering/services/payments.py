"""Saleor's Payment and Transaction rows of a session."""

from __future__ import annotations

from prices import Money
from saleor.order.models import Order
from saleor.payment import TransactionKind
from saleor.payment.models import Payment, Transaction

from plugins.ordering.models import PaymentSession


def payment_of(session: PaymentSession, order: Order) -> Payment:
    """Return the one Payment of a locked session, made when first needed.

    Billing name and address are left out: they stand on the order, once.
    """
    payment, _ = Payment.objects.get_or_create(
        order=order,
        gateway=session.provider,
        token=session.reference[:128],
        defaults={"total": session.amount_value, "currency": session.currency},
    )
    return payment


def add_transaction(
    payment: Payment, amount: Money, raw_id: str, *, error: str | None = None
) -> bool:
    """Write down what the provider reported, once per `raw_id`; return whether it was new."""
    known = payment.transactions.filter(token=raw_id[:128], is_success=error is None)
    if known.exists():
        return False
    Transaction.objects.create(
        payment=payment,
        token=raw_id[:128],
        kind=TransactionKind.CAPTURE,
        is_success=error is None,
        amount=amount.amount,
        currency=amount.currency,
        error=error,
        gateway_response={},
    )
    return True
