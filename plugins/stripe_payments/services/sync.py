"""Bring an order to where Stripe says its session is."""

from __future__ import annotations

from plugins.ordering.models import ACTIVE, PaymentSession
from plugins.ordering.services import (
    adopt_session,
    rebuild_session,
    record_payment,
    record_payment_failure,
    release_order,
)
from plugins.ordering.services.release import NOT_PAID_IN_TIME
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.constants import PROVIDER
from plugins.stripe_payments.policies import from_smallest_unit
from plugins.stripe_payments.results import SessionData
from plugins.stripe_payments.services.strays import note_stray, return_unneeded
from plugins.stripe_payments.states import session_state

PAYMENT_FAILED = "The payment failed."


def sync_session(reference: str) -> None:
    """Ask Stripe about a session and act: record its payment, or release its order.

    Doing it again changes nothing. Raises StripeUnavailable.
    """
    apply_session(get_stripe().get_session(reference))


def apply_session(session: SessionData) -> None:
    """Act on what Stripe says about a session; see `sync_session`."""
    state = session_state(session)
    if state.state == "paid":
        _paid(session)
    elif state.state == "closed":
        _closed(session)


def known_session(session: SessionData) -> PaymentSession | None:
    """Return our row of Stripe's session.

    A web process that was killed after Stripe had opened a session did not write its
    reference down; then the key in the metadata tells which row it is.
    """
    rows = PaymentSession.objects.filter(provider=PROVIDER, reference=session.reference)
    return rows.first() or adopt_session(
        provider=PROVIDER,
        reference=session.reference,
        session_key=session.key.rpartition("-")[0],
        order_token=_order_token(session),
    )


def _paid(session: SessionData) -> None:
    if known_session(session) is None and not _rebuilt(session):
        note_stray(session)
        return
    outcome = record_payment(
        provider=PROVIDER,
        reference=session.reference,
        amount=from_smallest_unit(session.amount, session.currency),
        raw_id=session.intent,
        order_number=session.order_number,
    )
    if outcome.state == "needs_attention":
        return_unneeded(order_id=outcome.order_id, session=session)


def _rebuilt(session: SessionData) -> bool:
    """Write the session's row anew if our mark on it names an order that we have.

    The number alone says nothing: every shop on the account counts from one.
    """
    rebuilt = rebuild_session(
        provider=PROVIDER,
        reference=session.reference,
        order_number=session.order_number,
        order_token=_order_token(session),
        amount=from_smallest_unit(session.amount, session.currency),
    )
    return rebuilt is not None


def _order_token(session: SessionData) -> str:
    """Return the beginning of the order's token, which `provider.open` puts into the mark."""
    return session.key.rpartition("-")[2]


def _closed(session: SessionData) -> None:
    known = known_session(session)
    if known is None:
        return
    if session.status == "complete":  # a bank debit that was refused
        record_payment_failure(
            provider=PROVIDER,
            reference=session.reference,
            raw_id=f"{session.intent}-failed",
            message=session.failure or "declined",
        )
    if known.state in ACTIVE:
        reason = NOT_PAID_IN_TIME if session.status == "expired" else PAYMENT_FAILED
        release_order(order_id=known.order_id, reason=reason)
