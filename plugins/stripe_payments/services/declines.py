"""Write a declined try into the order's history."""

from __future__ import annotations

from plugins.ordering.services import record_payment_failure
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.constants import PROVIDER
from plugins.stripe_payments.services.sync import known_session


def record_decline(intent: str) -> None:
    """Record that the customer's card was refused; the page at Stripe stays open.

    Tries of one session share one line, so a customer with three cards is not three problems.
    """
    session = get_stripe().session_of_intent(intent)
    if session is None or known_session(session) is None:
        return
    record_payment_failure(
        provider=PROVIDER,
        reference=session.reference,
        raw_id=f"{intent}-declined",
        message=session.failure or "declined",
    )
