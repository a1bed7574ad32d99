"""Events of Stripe: stored first, answered, then worked on until done, and deleted in time.

An event only names an object; its state is asked of Stripe. What no webhook brought is found by
comparing our records with Stripe's. In a dispute staff must know, and nothing of the order may
leave meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from saleor.payment.models import Transaction

from plugins.ordering.attention import record_dispute
from plugins.ordering.models import DisputeState, PaymentSession, RefundPart, SessionStatus
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.publishing import try_to_publish
from plugins.ordering.refund_booking import record_external_refund
from plugins.ordering.retention import retention_cutoff
from plugins.ordering.signals import payment_needs_attention
from plugins.stripe_payments.client import StripeRefused, StripeUnavailable, get_stripe
from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent, UnmatchedPayment
from plugins.stripe_payments.policies import (
    PROVIDER,
    DisputeData,
    EventData,
    RefundData,
    SessionData,
    from_smallest_unit,
    refund_state,
)
from plugins.stripe_payments.sessions import (
    apply_session,
    record_decline,
    record_unmatched_dispute,
    sync_session,
)


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


HANDLERS: dict[str, Callable[[str], None]] = {
    "checkout.session.completed": sync_session,
    "checkout.session.async_payment_succeeded": sync_session,
    "checkout.session.async_payment_failed": sync_session,
    "checkout.session.expired": sync_session,
    "payment_intent.payment_failed": record_decline,
    "refund.created": sync_refund,
    "refund.updated": sync_refund,
    "refund.failed": sync_refund,
    "charge.dispute.created": sync_dispute,
    "charge.dispute.updated": sync_dispute,
    "charge.dispute.closed": sync_dispute,
}


logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)  # longer than any handler; a killed worker's event is free after it
MAX_PAUSE = timedelta(hours=1)
MAX_ATTEMPTS = 40  # more than a day of pauses
BATCH = 200


def receive_event(*, payload: bytes, signature: str) -> None:
    """Store a signed event, once per id, and have it worked on; raises BadSignature."""
    data = get_stripe().read_event(payload, signature)
    with transaction.atomic():
        event, created = _store(data)
        if created and event.state == EventState.WAITING:
            transaction.on_commit(partial(publish, event.pk), robust=True)


def _store(data: EventData) -> tuple[StripeEvent, bool]:

    ours = data.kind in HANDLERS and data.livemode == ("_live_" in settings.STRIPE_API_KEY)
    event, created = StripeEvent.objects.get_or_create(
        event_id=data.event_id,
        defaults={
            "kind": data.kind,
            "object_id": data.object_id,
            "created_at": datetime.fromtimestamp(data.created, UTC),
            "state": EventState.WAITING if ours else EventState.IGNORED,
            "next_try_at": timezone.now(),
        },
    )
    if not created:
        StripeEvent.objects.filter(pk=event.pk).update(deliveries=F("deliveries") + 1)
    return event, created


def count_refused(*, reason: str) -> None:
    """Count a webhook that was not Stripe's, or too old."""
    today = timezone.now().date()
    counted, _ = RefusedWebhook.objects.get_or_create(day=today, reason=reason)
    RefusedWebhook.objects.filter(pk=counted.pk).update(count=F("count") + 1)
    logger.warning("webhook refused: %s", reason)


def publish(event_id: int) -> bool:
    """Hand an event to a worker; if the broker is down it waits for the sweeper."""
    from plugins.stripe_payments.tasks import process_event as task

    return try_to_publish(task, event_id)


def publish_waiting_events() -> int:
    """Publish every event that is due, oldest first; return how many."""
    due = StripeEvent.objects.filter(state=EventState.WAITING, next_try_at__lte=timezone.now())
    published = 0
    for event_id in due.order_by("next_try_at").values_list("pk", flat=True)[:BATCH]:
        if not publish(event_id):
            break  # the broker is down; waiting for it once is enough
        published += 1
    return published


def process_event(*, event_id: int) -> None:
    """Work on an event, unless it is done or another worker has it.

    Whatever fails is tried again later, with growing pauses; nothing is lost in between.
    """

    event = _claim(event_id)
    if event is None:
        return
    try:
        HANDLERS[event.kind](event.object_id)
    except Exception as error:
        logger.exception("event %s will be tried again", event.event_id)
        _postpone(event, type(error).__name__)
    else:
        _finish(event, state=EventState.DONE, last_error="")


def _claim(event_id: int) -> StripeEvent | None:
    now = timezone.now()
    free = StripeEvent.objects.filter(pk=event_id, state=EventState.WAITING, next_try_at__lte=now)
    if not free.update(next_try_at=now + LEASE, attempts=F("attempts") + 1):
        return None
    return StripeEvent.objects.get(pk=event_id)


def _postpone(event: StripeEvent, error: str) -> None:
    pause = min(timedelta(seconds=2**event.attempts), MAX_PAUSE)
    given_up = event.attempts >= MAX_ATTEMPTS
    _finish(
        event,
        state=EventState.DEAD if given_up else EventState.WAITING,
        next_try_at=timezone.now() + pause,
        last_error=error[:80],
    )


def _finish(event: StripeEvent, **values: object) -> None:
    """Write the outcome of this very attempt; a later one may have taken over meanwhile."""
    mine = StripeEvent.objects.filter(
        pk=event.pk, attempts=event.attempts, state=EventState.WAITING
    )
    mine.update(**values)


def delete_old_events(*, now: datetime | None = None) -> int:
    """Delete finished events and counts of refused webhooks; return how many.

    Stripe delivers an event again for three days and lists it for thirty, so that one which
    is deleted here cannot come again.
    """
    before = retention_cutoff("payment_notices", now)
    events = StripeEvent.objects.filter(received_at__lt=before).exclude(state=EventState.WAITING)
    return events.delete()[0] + RefusedWebhook.objects.filter(day__lt=before.date()).delete()[0]


# Stripe sends a webhook for three days; what it could not deliver is found here.
WINDOW = timedelta(days=3)
WEBHOOK_GRACE = timedelta(minutes=2)  # the webhook's time before we ask
SESSIONS_AT_ONCE = 100
Thing = TypeVar("Thing")


def reconcile(*, window: timedelta = WINDOW, grace: timedelta = WEBHOOK_GRACE) -> int:
    """Ask Stripe about orders whose payment is undecided, recent payments and recent refunds.

    Returns how many were looked at more closely. One that fails does not keep the others.
    """
    return _open_sessions(grace) + _paid_sessions(window) + _refunds(window)


def statement_is_as_shown() -> bool:
    """Ask Stripe what stands first on statements; staff are told once if customers see another.

    True also where the key may not read the account: then the operator has to look.
    """
    try:
        found = get_stripe().statement_descriptors()
    except (StripeRefused, StripeUnavailable) as error:
        logger.info("the account's statement descriptor is not known: %s", error)
        return True
    others = sorted({one for one in found if one != settings.STRIPE_STATEMENT_PREFIX})
    if others:
        _tell_of_statement(others)
    return not others


@transaction.atomic
def _tell_of_statement(found: list[str]) -> None:
    payment_needs_attention.send(
        UnmatchedPayment,
        order_id=None,
        reason="statement_line_differs",
        dedup_key="-".join([settings.STRIPE_STATEMENT_PREFIX, *found])[:50],
    )
    logger.error(
        "statements begin with %s, and customers are shown %s: correct STRIPE_STATEMENT_PREFIX",
        " and ".join(found),
        settings.STRIPE_STATEMENT_PREFIX,
    )


def _open_sessions(grace: timedelta) -> int:
    limbo = PaymentSession.objects.filter(
        provider=PROVIDER, created_at__lte=timezone.now() - grace
    ).values_list("reference", flat=True)
    payable = limbo.filter(state=SessionStatus.OPEN).order_by("pk")
    # Bank debits take days: by chance, so that many of them do not hide one that has ended.
    debits = limbo.filter(state=SessionStatus.PROCESSING).order_by("?")
    return sum(
        _try(sync_session, one) for one in [*payable[:SESSIONS_AT_ONCE], *debits[:SESSIONS_AT_ONCE]]
    )


def _paid_sessions(window: timedelta) -> int:
    since = timezone.now() - window
    complete = get_stripe().list_sessions(since=since, status="complete")
    return sum(_try(apply_session, session) for session in complete if not _recorded(session))


def _recorded(session: SessionData) -> bool:
    if session.payment_status != "paid":
        return True  # a bank debit: its own row is open and was asked above
    recorded = Transaction.objects.filter(token=session.intent, is_success=True)
    return recorded.exists() or UnmatchedPayment.objects.filter(intent=session.intent).exists()


def _refunds(window: timedelta) -> int:
    refunds = get_stripe().refunds_since(timezone.now() - window)
    return sum(_try(apply_refund, refund) for refund in refunds if not is_settled(refund))


def _try(act: Callable[[Thing], None], thing: Thing) -> bool:
    try:
        act(thing)
    except Exception:
        logger.exception("reconciliation will try again")
        return False
    return True
