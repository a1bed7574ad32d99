"""Money that pays for nothing goes back at once."""

from __future__ import annotations

import logging

from plugins.ordering.errors import RefundRefused
from plugins.ordering.services import ask_refund, is_unneeded
from plugins.stripe_payments.client import StripeRefused, get_stripe
from plugins.stripe_payments.results import SessionData

logger = logging.getLogger(__name__)
NO_LIVE_ORDER = "The payment came when the order was no longer held, or was paid already."
STRAY = "stray-"  # marks refunds of payments that stand in no book of ours


def return_unneeded(*, order_id: int, session: SessionData) -> None:
    """Refund a payment of a released or already paid order, once.

    The refund stands in the order's history and its flag stays until staff have seen it.
    """
    if not is_unneeded(order_id=order_id, raw_id=session.intent):
        return
    try:
        ask_refund(
            order_id=order_id,
            key=f"unneeded-{session.intent}",
            reason=NO_LIVE_ORDER,
            raw_id=session.intent,
        )
    except RefundRefused as refusal:
        logger.warning("payment of order %s is not returned: %s", order_id, refusal)


def return_stray(session: SessionData) -> None:
    """Refund a payment that belongs to no order of this shop, and say so in the log.

    Only sessions that this shop has opened are touched (they carry our mark): the account may
    serve another shop too.
    """
    if not session.key.startswith("stillwater-session-"):
        return
    logger.error("payment %s belongs to no order and is returned", session.intent)
    try:
        get_stripe().create_refund(
            intent=session.intent, amount=session.amount, key=f"{STRAY}{session.intent}"
        )
    except StripeRefused as refusal:  # refunded by hand meanwhile
        logger.warning("payment %s was not returned: %s", session.intent, refusal.code)
