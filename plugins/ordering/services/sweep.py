"""Release what stayed unpaid: the periodic task behind every forgotten payment."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone

from plugins.ordering.models import ACTIVE, PaymentSession
from plugins.ordering.services.release import NOT_PAID_IN_TIME, release_order

logger = logging.getLogger(__name__)
BATCH = 200  # orders per run; the next run takes the rest


def release_unpaid_orders(*, now: datetime | None = None) -> int:
    """Release the orders whose payment session has ended by `now`; return how many.

    One order that fails does not keep the others; it is tried again at the next run.
    """
    ended = PaymentSession.objects.filter(
        state__in=ACTIVE, expires_at__lte=now or timezone.now()
    ).order_by("expires_at")
    return sum(_release(order_id) for order_id in ended.values_list("order_id", flat=True)[:BATCH])


def _release(order_id: int) -> bool:
    try:
        outcome = release_order(order_id=order_id, reason=NOT_PAID_IN_TIME)
    except Exception:
        logger.exception("order %s could not be released", order_id)
        return False
    return outcome.state == "released"
