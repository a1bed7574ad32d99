"""Refunds as Stripe reports them."""

from __future__ import annotations

from plugins.ordering.models import Refund
from plugins.ordering.payments import RefundState
from plugins.ordering.services import record_outside_refund
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.constants import PROVIDER
from plugins.stripe_payments.policies import from_smallest_unit
from plugins.stripe_payments.results import RefundData
from plugins.stripe_payments.states import refund_state


def sync_refund(reference: str) -> None:
    """Ask Stripe about a refund and book it; doing it again changes nothing."""
    apply_refund(get_stripe().get_refund(reference))


def apply_refund(refund: RefundData) -> None:
    """Book what Stripe says about a refund, also one that was made in Stripe's dashboard."""
    record_outside_refund(
        provider=PROVIDER,
        raw_id=refund.intent,
        key=refund.key,
        amount=from_smallest_unit(refund.amount, refund.currency),
        state=refund_state(refund),
    )


def is_settled(refund: RefundData) -> bool:
    """Say whether our books hold the refund as Stripe reports it."""
    state: RefundState = refund_state(refund)
    known = Refund.objects.filter(reference=refund.reference, state=state.state)
    return known.exists()
