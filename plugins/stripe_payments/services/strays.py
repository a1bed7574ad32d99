"""Money that pays for nothing goes back; money that nobody knows is noted."""

from __future__ import annotations

import logging

from django.db import transaction

from plugins.ordering.errors import RefundRefused
from plugins.ordering.results import UNNEEDED_KEY
from plugins.ordering.services import ask_refund, is_unneeded
from plugins.ordering.signals import payment_needs_attention
from plugins.stripe_payments.models import StrayPayment
from plugins.stripe_payments.results import SessionData

logger = logging.getLogger(__name__)
NO_LIVE_ORDER = "The payment came when the order was no longer held, or was paid already."


def return_unneeded(*, order_id: int, session: SessionData) -> None:
    """Refund a payment of a released or already paid order, once.

    The refund stands in the order's history and its flag stays until staff have seen it.
    """
    if not is_unneeded(order_id=order_id, raw_id=session.intent):
        return
    try:
        ask_refund(
            order_id=order_id,
            key=f"{UNNEEDED_KEY}{session.intent}",
            reason=NO_LIVE_ORDER,
            raw_id=session.intent,
        )
    except RefundRefused as refusal:
        logger.warning("payment of order %s is not returned: %s", order_id, refusal)


@transaction.atomic
def note_stray(session: SessionData) -> None:
    """Keep a payment that names no order of this database, once, and tell staff.

    It is not refunded by itself: it comes from something else on the Stripe account (a second
    shop, an invoice written by hand), whose customers' money is not ours to give back.
    """
    _, created = StrayPayment.objects.get_or_create(
        intent=session.intent,
        defaults={
            "order_number": session.order_number,
            "amount": session.amount,
            "currency": session.currency.upper(),
        },
    )
    if created:
        payment_needs_attention.send(
            StrayPayment,
            order_id=None,
            reason="stray_payment",
            occasion=f"stray-{session.intent}",
        )
        logger.error("payment %s belongs to no order: look at it in Stripe", session.intent)
