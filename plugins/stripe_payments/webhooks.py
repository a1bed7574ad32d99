"""Which service acts on which event. An event only names an object; Stripe is asked its state."""

from __future__ import annotations

from collections.abc import Callable

from plugins.stripe_payments.services.declines import record_decline
from plugins.stripe_payments.services.disputes import sync_dispute
from plugins.stripe_payments.services.refunds import sync_refund
from plugins.stripe_payments.services.sync import sync_session

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
    "charge.dispute.closed": sync_dispute,
}
