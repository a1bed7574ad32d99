"""Events of Stripe: stored first, answered, then worked on until done, and deleted in time.

An event only names an object; its state is asked of Stripe.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from plugins.ordering.publishing import try_to_publish
from plugins.ordering.retention import retention_cutoff
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent
from plugins.stripe_payments.refunds import sync_dispute, sync_refund
from plugins.stripe_payments.results import EventData
from plugins.stripe_payments.sessions import record_decline, sync_session

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
