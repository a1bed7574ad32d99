"""Money that pays for nothing goes back; money that nobody knows is noted."""

from __future__ import annotations

import logging

from plugins.ordering.errors import RefundRefused
from plugins.ordering.results import UNNEEDED_KEY
from plugins.ordering.services import ask_refund, is_unneeded
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


def note_stray(session: SessionData) -> None:
    """Keep a payment that belongs to no order of this database, once, for staff to look at.

    It is not refunded by itself: every page is opened for a row that is never deleted, so such
    a payment comes from another shop on the account, or the database was restored from a
    backup. Then refunding whatever is unknown would give every customer's money back.
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
        logger.error("payment %s belongs to no order: look at it in Stripe", session.intent)
