"""Give money back: asked under locks, made at the provider outside of them, booked once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from prices import Money
from saleor.payment.models import Payment

from plugins.ordering.errors import RefundRefused
from plugins.ordering.models import Refund, RefundStatus
from plugins.ordering.payments import PaymentProviderError, RefundState, get_provider
from plugins.ordering.policies import refund_allowed
from plugins.ordering.results import RefundOutcome
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.refund_books import charge_of, left_of, record_refund
from plugins.ordering.services.refund_lines import price_of_lines

logger = logging.getLogger(__name__)
BATCH = 100
GRACE = timedelta(minutes=1)  # the worker's time before the sweeper takes a refund up


def ask_refund(
    *,
    order_id: int,
    key: str,
    reason: str,
    amount: Money | None = None,
    lines: Mapping[int, int] | None = None,
    restock: bool = False,
    user_id: int | None = None,
    raw_id: str = "",
) -> RefundOutcome:
    """Ask for a refund and have a worker make it; the same `key` asks once.

    `lines` (order line id → pieces) refunds goods at the price that was paid for them;
    `amount` any sum; neither, all that is left. `raw_id` names the charge where an order has
    several. `restock` puts the lines back into stock once the provider has agreed.
    Raises RefundRefused.
    """
    with transaction.atomic():
        lock_order(order_id)
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            return _outcome(known, created=False)
        payment = _payment(order_id, raw_id)
        refund = _asked(payment, amount, dict(lines or {}))
        refund.key, refund.reason, refund.restock = key, reason, restock
        refund.asked_by_id = user_id
        refund.save()
        transaction.on_commit(partial(_publish, refund.pk), robust=True)
    return _outcome(refund, created=True)


def perform_refund(*, refund_id: int) -> RefundOutcome:
    """Make an asked refund at the provider and book it; PaymentProviderError: later.

    Doing it twice, or at the same time, is harmless: the provider knows the key.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundStatus.ASKED:
        return _outcome(refund, created=False)
    state = _at_provider(refund)
    record_refund(refund_id=refund.pk, state=state)
    refund.refresh_from_db()
    return _outcome(refund, created=False)


def perform_waiting_refunds() -> int:
    """Make every refund that is still only asked for; return how many were made."""
    waiting = Refund.objects.filter(
        state=RefundStatus.ASKED, created_at__lte=timezone.now() - GRACE
    )
    ids = list(waiting.values_list("pk", flat=True)[:BATCH])
    return sum(_try(refund_id) for refund_id in ids)


def _try(refund_id: int) -> bool:
    try:
        perform_refund(refund_id=refund_id)
    except PaymentProviderError as error:
        logger.warning("refund %s waits: %s", refund_id, error)
        return False
    return True


def _publish(refund_id: int) -> None:
    from plugins.ordering.tasks import perform_refund as task

    try:
        task.delay(refund_id)
    except Exception as error:  # noqa: BLE001  whatever the broker raises, the row is safe
        logger.warning("refund %s waits: %s", refund_id, type(error).__name__)


def _payment(order_id: int, raw_id: str) -> Payment:
    payments = list(Payment.objects.filter(order_id=order_id).order_by("pk"))
    fitting = [p for p in payments if not raw_id or charge_of(p) == raw_id]
    if not fitting:
        raise RefundRefused("There is no payment to refund.")
    return max(fitting, key=lambda payment: left_of(payment).amount)


def _asked(payment: Payment, amount: Money | None, lines: dict[int, int]) -> Refund:
    left = left_of(payment)
    if lines:
        amount = price_of_lines(payment.order, lines)
    wanted = amount if amount is not None else left
    allowed, why = refund_allowed(amount=wanted, left=left)
    if not allowed:
        raise RefundRefused(f"This cannot be refunded: {why}.")
    return Refund(
        order_id=payment.order_id,
        payment=payment,
        amount_value=wanted.amount,
        currency=wanted.currency,
        lines={str(line): quantity for line, quantity in lines.items()},
    )


def _at_provider(refund: Refund) -> RefundState:
    provider = get_provider()
    if provider.name != refund.payment.gateway:
        raise PaymentProviderError(f"{refund.payment.gateway} is not the provider any more")
    charge = charge_of(refund.payment)
    return provider.refund(charge=charge, amount=refund.amount, key=refund.key)


def _outcome(refund: Refund, *, created: bool) -> RefundOutcome:
    state: Any = refund.state  # one of RefundStatus, whose words RefundOutcome names
    return RefundOutcome(refund.pk, refund.amount, state, created)
