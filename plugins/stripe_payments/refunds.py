"""Refunds and disputes as Stripe reports them.

In a dispute staff must know, and nothing of the order may leave meanwhile.
"""

from __future__ import annotations

from plugins.ordering.attention import record_dispute
from plugins.ordering.models import DisputeState, RefundPart
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.refund_booking import record_external_refund
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
    known = RefundPart.objects.filter(reference=refund.reference, state=state.state)
    return known.exists()


_STATES = {
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
    # the bank has decided against us and looks again: the money stays away meanwhile
    "appeal_needs_response": DisputeState.LOST,
    "appeal_under_review": DisputeState.LOST,
}


def sync_dispute(reference: str) -> None:
    """Ask Stripe about a dispute and book it; doing it again changes nothing.

    A payment that we do not know yet is recorded first: Stripe sends its events in any order. One
    that belongs to no order here is kept as unmatched, and staff are told.
    """
    dispute = get_stripe().get_dispute(reference)
    if not (_record(dispute) or (_record_payment(dispute) and _record(dispute))):
        record_unmatched_dispute(dispute)


def _record(dispute: DisputeData) -> bool:
    return record_dispute(
        provider=PROVIDER,
        raw_id=dispute.intent,
        reference=dispute.reference,
        amount=from_smallest_unit(dispute.amount, dispute.currency),
        state=_STATES.get(dispute.status, DisputeState.OPEN),
        reason=dispute.reason.replace("_", " "),
    )


def _record_payment(dispute: DisputeData) -> bool:
    session = get_stripe().session_of_intent(dispute.intent)
    if session is not None:
        apply_session(session)
    return session is not None
