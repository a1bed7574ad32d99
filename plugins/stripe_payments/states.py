"""What Stripe's states mean for an order."""

from __future__ import annotations

from plugins.ordering.payments import RefundState, SessionState
from plugins.stripe_payments.policies import from_smallest_unit
from plugins.stripe_payments.results import RefundData, SessionData

_FAILED = {"requires_payment_method", "canceled"}


def session_state(session: SessionData) -> SessionState:
    """Return open, paid or closed.

    A completed but unpaid session is a bank debit on its way: open until the bank has said
    yes (paid) or no (closed: the customer cannot try again on that page).
    """
    if session.payment_status == "paid":
        amount = from_smallest_unit(session.amount, session.currency)
        return SessionState("paid", amount=amount, raw_id=session.intent)
    if session.status == "expired":
        return SessionState("closed")
    if session.status == "complete" and session.intent_status in _FAILED:
        return SessionState("closed")
    return SessionState("open")


def refund_state(refund: RefundData) -> RefundState:
    """Return pending, succeeded or failed."""
    if refund.status == "succeeded":
        return RefundState("succeeded", reference=refund.reference)
    if refund.status in {"failed", "canceled"}:
        return RefundState("failed", reference=refund.reference, error=refund.status)
    return RefundState("pending", reference=refund.reference)
