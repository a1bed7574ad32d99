"""Refunds that the provider tells us about, ours or made there by hand."""

from __future__ import annotations

from django.db import transaction
from prices import Money
from saleor.payment import TransactionKind
from saleor.payment.models import Payment

from plugins.ordering.models import Refund
from plugins.ordering.payments import RefundState
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.refund_books import record_refund

MADE_OUTSIDE = "Made at the payment provider."


def record_outside_refund(
    *, provider: str, raw_id: str, key: str, amount: Money, state: RefundState
) -> bool:
    """Book what a provider says about a refund of the charge `raw_id`.

    `key` is ours where we asked for it; a refund made by hand at the provider gets a row
    of its own. Returns False if the charge is not in our books.
    """
    refund = _known(key, provider, state.reference) or _new(provider, raw_id, amount, state)
    if refund is None:
        return False
    record_refund(refund_id=refund.pk, state=state)
    return True


def _known(key: str, provider: str, reference: str) -> Refund | None:
    by_key = Refund.objects.filter(key=key).first() if key else None
    found = Refund.objects.filter(payment__gateway=provider, reference=reference)
    return by_key or found.first()


def _new(provider: str, raw_id: str, amount: Money, state: RefundState) -> Refund | None:
    payment = Payment.objects.filter(
        gateway=provider,
        transactions__token=raw_id[:128],
        transactions__kind=TransactionKind.CAPTURE,
        transactions__is_success=True,
    ).first()
    if payment is None:
        return None
    with transaction.atomic():
        lock_order(payment.order_id)
        refund, _ = Refund.objects.get_or_create(
            key=f"{provider}-{state.reference}",
            defaults={
                "order_id": payment.order_id,
                "payment": payment,
                "amount_value": amount.amount,
                "currency": amount.currency,
                "reason": MADE_OUTSIDE,
                "reference": state.reference,
            },
        )
    return refund
