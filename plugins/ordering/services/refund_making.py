"""Make the refunds that were asked for, at the provider and outside of any lock."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone

from plugins.ordering.models import Refund, RefundStatus
from plugins.ordering.payments import PaymentProviderError, RefundState, get_provider
from plugins.ordering.results import RefundOutcome
from plugins.ordering.services.refund_books import charge_of, record_refund

logger = logging.getLogger(__name__)
BATCH = 100
GRACE = timedelta(minutes=1)  # the worker's time before the sweeper takes a refund up


def perform_refund(*, refund_id: int) -> RefundOutcome:
    """Make an asked refund at the provider and book it; PaymentProviderError: later.

    Doing it twice, or at the same time, is harmless: the provider knows the key.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundStatus.ASKED:
        return outcome_of(refund, created=False)
    state = _at_provider(refund)
    record_refund(refund_id=refund.pk, state=state)
    refund.refresh_from_db()
    return outcome_of(refund, created=False)


def perform_waiting_refunds() -> int:
    """Make every refund that is still only asked for; return how many were made."""
    waiting = Refund.objects.filter(
        state=RefundStatus.ASKED, created_at__lte=timezone.now() - GRACE
    )
    ids = list(waiting.values_list("pk", flat=True)[:BATCH])
    return sum(_try(refund_id) for refund_id in ids)


def outcome_of(refund: Refund, *, created: bool) -> RefundOutcome:
    """Return the refund as the services answer it."""
    state: Any = refund.state  # one of RefundStatus, whose words RefundOutcome names
    return RefundOutcome(refund.pk, refund.amount, state, created)


def _try(refund_id: int) -> bool:
    try:
        perform_refund(refund_id=refund_id)
    except PaymentProviderError as error:
        logger.warning("refund %s waits: %s", refund_id, error)
        return False
    return True


def _at_provider(refund: Refund) -> RefundState:
    provider = get_provider()
    if provider.name != refund.payment.gateway:
        raise PaymentProviderError(f"{refund.payment.gateway} is not the provider any more")
    charge = charge_of(refund.payment)
    return provider.refund(charge=charge, amount=refund.amount, key=refund.key)
