"""Everything that writes because of Stripe."""

from plugins.stripe_payments.services.events import (
    count_refused,
    process_event,
    publish_waiting_events,
    receive_event,
)
from plugins.stripe_payments.services.forgetting import forget_old_events
from plugins.stripe_payments.services.reconciliation import reconcile
from plugins.stripe_payments.services.returning import complete_return

__all__ = [
    "complete_return",
    "count_refused",
    "forget_old_events",
    "process_event",
    "publish_waiting_events",
    "receive_event",
    "reconcile",
]
