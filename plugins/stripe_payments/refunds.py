"""Refunds and disputes as Stripe reports them.

In a dispute staff must know, and nothing of the order may leave meanwhile.
"""

from __future__ import annotations

from saleor.payment.models import Transaction

from plugins.ordering.attention import flag_order, unflag_order
from plugins.ordering.models import Refund
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.refunds import record_external_refund
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.policies import PROVIDER, from_smallest_unit, refund_state
from plugins.stripe_payments.results import DisputeData, RefundData
from plugins.stripe_payments.sessions import apply_session, record_unmatched_dispute


def sync_refund(reference: str) -> None:
    """Ask Stripe about a refund and book it; doing it again changes nothing."""
    apply_refund(get_stripe().get_refund(reference))


def apply_refund(refund: RefundData) -> None:
    """Book what Stripe says about a refund, also one that was made in Stripe's dashboard."""
    record_external_refund(
        provider=PROVIDER,
        raw_id=refund.intent,
        key=refund.key,
        amount=from_smallest_unit(refund.amount, refund.currency),
        state=refund_state(refund),
    )


def is_settled(refund: RefundData) -> bool:
    """Say whether we recorded the refund as Stripe reports it."""
    state: RefundState = refund_state(refund)
    known = Refund.objects.filter(reference=refund.reference, state=state.state)
    return known.exists()


DISPUTE_OPEN, DISPUTE_LOST = "dispute", "dispute_lost"


def sync_dispute(reference: str) -> None:
    """Ask Stripe about a dispute and flag its order; doing it again changes nothing.

    A payment that we do not know yet is recorded first: Stripe sends its events in any order. One
    that belongs to no order here is kept as unmatched, and staff are told.
    """
    dispute = get_stripe().get_dispute(reference)
    order_id = _disputed_order(dispute) or _order_of_new_payment(dispute)
    if order_id is None:
        record_unmatched_dispute(dispute)
        return
    if dispute.status in {"won", "warning_closed", "prevented"}:
        unflag_order(order_id=order_id, reason=DISPUTE_OPEN)
    elif dispute.status == "lost":
        flag_order(
            order_id=order_id, reason=DISPUTE_LOST, message=_dispute_message(dispute, "was lost")
        )
        unflag_order(order_id=order_id, reason=DISPUTE_OPEN)
    else:
        flag_order(
            order_id=order_id, reason=DISPUTE_OPEN, message=_dispute_message(dispute, "was opened")
        )


def _disputed_order(dispute: DisputeData) -> int | None:
    charges = Transaction.objects.filter(
        payment__gateway=PROVIDER, token=dispute.intent[:128], is_success=True
    )
    return charges.values_list("payment__order_id", flat=True).first()


def _order_of_new_payment(dispute: DisputeData) -> int | None:
    session = get_stripe().session_of_intent(dispute.intent)
    if session is None:
        return None
    apply_session(session)
    return _disputed_order(dispute)


def _dispute_message(dispute: DisputeData, what: str) -> str:
    amount = from_smallest_unit(dispute.amount, dispute.currency)
    reason = dispute.reason.replace("_", " ")
    return f"A dispute about {amount.amount} {amount.currency} {what} ({reason}). See Stripe."
