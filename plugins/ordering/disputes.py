"""Disputes: what a customer's bank holds back of a payment, or took back in the end."""

from __future__ import annotations

from django.db import transaction
from prices import Money
from saleor.payment import TransactionKind
from saleor.payment.models import Payment

from plugins.ordering.attention import flag_order, unflag_order
from plugins.ordering.locks import lock_order
from plugins.ordering.models import Dispute, DisputeState
from plugins.ordering.order_state import DISPUTE, DISPUTE_LOST

_WORDS = {DisputeState.OPEN: "was opened", DisputeState.LOST: "was lost"}


@transaction.atomic
def record_dispute(
    *,
    provider: str,
    raw_id: str,
    reference: str,
    amount: Money,
    state: DisputeState,
    reason: str = "",
) -> bool:
    """Book what a provider says about a dispute of the charge `raw_id`; again changes nothing.

    While it is open, and once it is lost, that money is not ours: the order is flagged, nothing
    of it is refunded or counted as taken. `reason` is the bank's, for staff. Older news than what
    is known is left out. Returns False if the charge is not in our books.
    """
    payment = _payment_of(provider, raw_id)
    if payment is None:
        return False
    lock_order(payment.order_id)
    dispute, _created = Dispute.objects.get_or_create(
        reference=reference,
        defaults={
            "payment": payment,
            "amount_value": amount.amount,
            "currency": amount.currency,
        },
    )
    if state == DisputeState.OPEN and dispute.state != DisputeState.OPEN:
        return True
    dispute.state, dispute.amount_value = state, amount.amount
    dispute.save(update_fields=["state", "amount_value", "updated_at"])
    _flag(payment.order_id, amount, state, reason)
    return True


def _payment_of(provider: str, raw_id: str) -> Payment | None:
    return Payment.objects.filter(
        gateway=provider,
        transactions__token=raw_id[:128],
        transactions__kind=TransactionKind.CAPTURE,
        transactions__is_success=True,
    ).first()


def _flag(order_id: int, amount: Money, state: DisputeState, reason: str) -> None:
    if state in _WORDS:
        message = (
            f"A dispute about {amount.amount} {amount.currency} {_WORDS[state]} ({reason}). "
            "See Stripe."
        )
        lost = state == DisputeState.LOST
        flag_order(order_id=order_id, reason=DISPUTE_LOST if lost else DISPUTE, message=message)
    if state != DisputeState.OPEN:
        unflag_order(order_id=order_id, reason=DISPUTE)
