"""Checkout Sessions: bring an order to where Stripe says its session is.

Also what follows from it: a payment that fits no order, a declined attempt, and the customer's way
back from Stripe's page.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from plugins.ordering.attention import is_unneeded_payment
from plugins.ordering.ending import NOT_PAID_IN_TIME, PAYMENT_FAILED, release_order
from plugins.ordering.models import ACTIVE, PaymentSession
from plugins.ordering.outcomes import UNNEEDED_REFUND_PREFIX, RefundRefused
from plugins.ordering.payment_recording import (
    adopt_session,
    rebuild_session,
    record_payment,
    record_payment_failure,
    record_processing,
)
from plugins.ordering.refunds import request_refund
from plugins.ordering.signals import payment_needs_attention
from plugins.stripe_payments.client import StripeRefused, StripeUnavailable, get_stripe
from plugins.stripe_payments.models import UnmatchedPayment
from plugins.stripe_payments.policies import (
    PROVIDER,
    RETURN_LINK_HOURS,
    DisputeData,
    SessionData,
    from_smallest_unit,
    session_state,
)
from product_content.languages import localized

logger = logging.getLogger(__name__)
ORDER_NOT_HELD = "The payment came when the order was no longer held, or was paid already."


def refund_unneeded_payment(*, order_id: int, session: SessionData) -> None:
    """Refund a payment of a released or already paid order, once.

    The refund stands in the order's history and its flag stays until staff have seen it.
    """
    if not is_unneeded_payment(order_id=order_id, raw_id=session.intent):
        return
    try:
        request_refund(
            order_id=order_id,
            key=f"{UNNEEDED_REFUND_PREFIX}{session.intent}",
            reason=ORDER_NOT_HELD,
            raw_id=session.intent,
        )
    except RefundRefused as refusal:
        logger.warning("payment of order %s is not returned: %s", order_id, refusal)


@transaction.atomic
def record_unmatched_payment(session: SessionData) -> None:
    """Keep a payment that names no order of this database, once, and tell staff.

    It is not refunded by itself: it comes from something else on the Stripe account (a second
    shop, an invoice written by hand), whose customers' money is not ours to give back.
    """
    if _keep_unmatched(session, order_number=session.order_number):
        _tell_staff("unmatched_payment", f"unmatched-{session.intent}")


@transaction.atomic
def record_unmatched_dispute(dispute: DisputeData) -> None:
    """Keep the payment of a dispute that names no order of this database, and tell staff once."""
    _keep_unmatched(dispute)
    _tell_staff("unmatched_dispute", f"dispute-{dispute.reference}")


def _keep_unmatched(what: SessionData | DisputeData, order_number: str = "") -> bool:
    """Keep the payment of something that names no order of ours; say whether it was new."""
    known = {"order_number": order_number, "amount": what.amount, "currency": what.currency.upper()}
    _, created = UnmatchedPayment.objects.get_or_create(intent=what.intent, defaults=known)
    return created


def _tell_staff(reason: str, dedup_key: str) -> None:
    payment_needs_attention.send(
        UnmatchedPayment, order_id=None, reason=reason, dedup_key=dedup_key
    )
    logger.error("%s, %s: it belongs to no order, look at it in Stripe", reason, dedup_key)


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
    elif state.state == "processing" and (known := known_session(session)):
        record_processing(session_id=known.pk)


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
        record_unmatched_payment(session)
        return
    outcome = record_payment(
        provider=PROVIDER,
        reference=session.reference,
        amount=from_smallest_unit(session.amount, session.currency),
        raw_id=session.intent,
        order_number=session.order_number,
    )
    if outcome.state == "needs_attention":
        refund_unneeded_payment(order_id=outcome.order_id, session=session)


def _rebuilt(session: SessionData) -> bool:
    """Write the session's row anew if our key in its metadata names an order that we have.

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
    """Return the beginning of the order's token, which `provider.open` puts into the key."""
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


def complete_payment_return(*, reference: str) -> str:
    """Record the payment if it is there, and return the path of the order's page, or "".

    Nothing depends on it: if Stripe cannot be asked now, the webhook completes the order. The
    link stands in Stripe's records, so it stops leading to the order after a day.
    """
    recent = timezone.now() - timedelta(hours=RETURN_LINK_HOURS)
    known = (
        PaymentSession.objects.select_related("order")
        .filter(provider=PROVIDER, reference=reference, created_at__gte=recent)
        .exclude(reference="")
        .first()
    )
    if known is None:
        return ""
    try:
        sync_session(reference)
    except (StripeRefused, StripeUnavailable) as error:
        logger.warning("order %s waits for its webhook: %s", known.order_id, error)
    return localized(f"/orders/{known.order.token}/", known.order.language_code)
