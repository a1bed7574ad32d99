"""Forgetting what Stripe told us once it has long been worked on."""

from __future__ import annotations

from datetime import datetime

from plugins.ordering.retention import too_old
from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent


def forget_old_events(*, now: datetime | None = None) -> int:
    """Delete finished events and counts of refused webhooks; return how many.

    Stripe delivers an event again for three days and lists it for thirty, so that one which
    is forgotten here cannot come again.
    """
    before = too_old("payment_notices", now)
    events = StripeEvent.objects.filter(received_at__lt=before).exclude(state=EventState.WAITING)
    return events.delete()[0] + RefusedWebhook.objects.filter(day__lt=before.date()).delete()[0]
