"""Refunds: ask for one under the order's lock, make it at the provider, and account for it.

Asking is done in the caller's transaction. A worker makes the refund afterwards, outside of any
lock, and what the provider answers becomes a transaction, the payment's figures and an event.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from prices import Money
from saleor.order.actions import order_refunded
from saleor.order.events import payment_failed_event
from saleor.order.models import Order
from saleor.payment import ChargeStatus, TransactionError, TransactionKind
from saleor.payment.models import Payment, Transaction

from plugins.ordering.completing import complete_if_nothing_unsent
from plugins.ordering.locks import lock_order
from plugins.ordering.models import BOOKED, Refund, RefundStatus
from plugins.ordering.order_state import add_note, flag_locked_order
from plugins.ordering.outcomes import RefundOutcome, RefundRefused
from plugins.ordering.payment_provider import PaymentProviderError, RefundState, get_provider
from plugins.ordering.policies import refund_allowed
from plugins.ordering.publishing import try_to_publish
from plugins.ordering.refund_lines import price_of_lines, unrefunded_pieces
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.stock_allocation import book_refunded_pieces

_CHANGED = "Somebody asked for a refund of this order meanwhile. Look at what is left, then go on."


def refunds_version(order_id: int) -> str:
    """Return the version of the order's refunds, for forms to send back as expected."""
    return str(Refund.objects.filter(order_id=order_id).count())


@transaction.atomic
def request_refund(
    *,
    order_id: int,
    key: str,
    reason: str,
    amount: Money | None = None,
    lines: Mapping[int, int] | None = None,
    restock: bool = False,
    user_id: int | None = None,
    raw_id: str = "",
    expected_version: str | None = None,
) -> RefundOutcome:
    """Ask for a refund and have a worker make it; the same `key` asks once.

    `lines` (order line id → pieces) refunds goods at the price that was paid for them;
    `amount` any sum; neither, all that is left, and with it every piece that is not refunded
    yet. `raw_id` names the charge where an order has several: then no pieces go with it.
    `restock` puts the pieces back into stock once the provider has agreed. `expected_version`
    is how many refunds of the order the person knew of, None where nobody looked.
    Raises RefundRefused.
    """
    order, _checkout = lock_order(order_id)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        return outcome_of(known, created=False)
    if expected_version is not None and expected_version != refunds_version(order_id):
        raise RefundRefused(_CHANGED)
    payment, pieces = _payment_to_refund(order_id, raw_id), dict(lines or {})
    if amount is None and pieces:
        amount = price_of_lines(order, pieces)
    elif amount is None:
        amount, pieces = refundable_of(payment), {} if raw_id else unrefunded_pieces(order)
    refund = _new_refund(payment, amount, pieces)
    refund.key, refund.reason, refund.restock = key, reason, restock
    return _save(refund, user_id)


@transaction.atomic
def refund_everything(
    *, order_id: int, reason: str, restock: bool = False, actor_id: int | None = None
) -> tuple[RefundOutcome, ...]:
    """Ask for all that is left of every payment of an order; with nothing left, do nothing.

    Asking again is harmless, whoever asks: what was asked for is not left any more. `reason` is
    for staff and stands in the order's history; `actor_id` is the user who asked, None for the
    shop itself. `restock` puts every piece that is not refunded yet back into stock once the
    provider has agreed. The refunds are made after the caller's commit. `cancel_order` calls
    this: do not call it beside that.
    """
    order, _checkout = lock_order(order_id)
    pieces, outcomes = unrefunded_pieces(order), []
    for payment in _payments_with_most_left_first(order_id):
        refund = _new_refund(payment, refundable_of(payment), pieces)
        refund.key = f"everything-{payment.pk}-{payment.refunds.count()}"
        refund.reason, refund.restock = reason, restock
        outcomes.append(_save(refund, actor_id))
        pieces = {}  # they go with the first
    return tuple(outcomes)


def _payments_with_most_left_first(order_id: int) -> list[Payment]:
    payments = Payment.objects.filter(order_id=order_id).order_by("pk")
    left = {payment: refundable_of(payment).amount for payment in payments}
    return sorted((p for p in left if left[p] > 0), key=lambda p: left[p], reverse=True)


def _payment_to_refund(order_id: int, raw_id: str) -> Payment:
    payments = list(Payment.objects.filter(order_id=order_id).order_by("pk"))
    fitting = [p for p in payments if not raw_id or charge_id_of(p) == raw_id]
    if not fitting:
        raise RefundRefused("There is no payment to refund.")
    return max(fitting, key=lambda payment: refundable_of(payment).amount)


def _new_refund(payment: Payment, amount: Money, pieces: Mapping[int, int]) -> Refund:
    allowed, why = refund_allowed(amount=amount, left=refundable_of(payment))
    if not allowed:
        raise RefundRefused(f"This cannot be refunded: {why}.")
    return Refund(
        order_id=payment.order_id,
        payment=payment,
        amount_value=amount.amount,
        currency=amount.currency,
        lines={str(line): quantity for line, quantity in pieces.items()},
    )


def _save(refund: Refund, user_id: int | None) -> RefundOutcome:
    refund.asked_by_id = user_id
    refund.save()
    transaction.on_commit(partial(_publish, refund.pk), robust=True)
    return outcome_of(refund, created=True)


def _publish(refund_id: int) -> None:
    from plugins.ordering.tasks import perform_refund as task

    try_to_publish(task, refund_id)


logger = logging.getLogger(__name__)
MAX_REFUNDS_PER_RUN = 100
WORKER_GRACE_PERIOD = timedelta(minutes=1)  # the worker's time before the sweeper takes a refund up


def perform_refund(*, refund_id: int) -> RefundOutcome:
    """Make a requested refund at the provider and record it; PaymentProviderError: later.

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
        state=RefundStatus.ASKED, created_at__lte=timezone.now() - WORKER_GRACE_PERIOD
    )
    ids = list(waiting.values_list("pk", flat=True)[:MAX_REFUNDS_PER_RUN])
    return sum(_try_to_perform(refund_id) for refund_id in ids)


def outcome_of(refund: Refund, *, created: bool) -> RefundOutcome:
    """Return the refund as the services answer it."""
    state: Any = refund.state  # one of RefundStatus, whose words RefundOutcome names
    return RefundOutcome(refund.pk, refund.amount, state, created)


def _try_to_perform(refund_id: int) -> bool:
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
    charge = charge_id_of(refund.payment)
    return provider.refund(charge=charge, amount=refund.amount, key=refund.key)


REFUND_FAILED = "refund_failed"


def charge_id_of(payment: Payment) -> str:
    """Return the provider's id of the money that came in."""
    taken = payment.transactions.filter(kind=TransactionKind.CAPTURE, is_success=True)
    return taken.values_list("token", flat=True).order_by("pk").first() or ""


def refundable_of(payment: Payment) -> Money:
    """Return what came in by this payment and has not gone back, or been asked to."""
    taken = payment.transactions.filter(kind=TransactionKind.CAPTURE, is_success=True)
    came = taken.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    currency = taken.values_list("currency", flat=True).first() or payment.currency
    gone = Refund.objects.filter(payment=payment).exclude(state=RefundStatus.FAILED)
    return Money(came - (gone.aggregate(sum=Sum("amount_value"))["sum"] or 0), currency)


def refundable_amount(order: Order) -> Money:
    """Return the most that one refund of this order may be; nothing without a payment."""
    nothing = Money(Decimal("0.00"), order.currency)
    return max([refundable_of(payment) for payment in order.payments.all()], default=nothing)


def record_refund(*, refund_id: int, state: RefundState) -> None:
    """Write down what the provider says about a refund; saying it again changes nothing.

    A refund that fails after it was booked is taken out of the accounts again, and the order is
    flagged: the customer does not have the money.
    """
    with transaction.atomic(), one_configuration():
        order_id = Refund.objects.values_list("order_id", flat=True).get(pk=refund_id)
        lock_order(order_id)
        refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
        if refund.state in {state.state, RefundStatus.FAILED}:
            return
        if (refund.state, state.state) == (RefundStatus.SUCCEEDED, RefundStatus.PENDING):
            return  # older news
        was_booked = refund.state in BOOKED
        refund.state, refund.reference = state.state, state.reference or refund.reference
        refund.save(update_fields=["state", "reference", "updated_at"])
        _account_for(refund, state, was_booked=was_booked)


def _account_for(refund: Refund, state: RefundState, *, was_booked: bool) -> None:
    if state.state == RefundStatus.FAILED:
        _account_for_failure(refund, state, was_booked=was_booked)
    elif not was_booked:
        _account_for_success(refund)


def _account_for_success(refund: Refund) -> None:
    _add_transaction(refund, is_success=True)
    _change_captured_amount(refund, -refund.amount_value)
    order_refunded(refund.order, refund.asked_by, refund.amount_value, refund.payment)
    add_note(refund.order, f"Refund reason: {refund.reason}")
    book_refunded_pieces(refund)
    complete_if_nothing_unsent(refund.order)


def _account_for_failure(refund: Refund, state: RefundState, *, was_booked: bool) -> None:
    _add_transaction(refund, is_success=False)
    if was_booked:
        _change_captured_amount(refund, refund.amount_value)
    why = state.error or "no reason given"
    message = f"A refund of {refund.amount_value} {refund.currency} failed: {why}."
    payment_failed_event(order=refund.order, user=None, message=message, payment=refund.payment)
    flag_locked_order(
        refund.order, REFUND_FAILED, f"{message} The customer does not have the money."
    )


def _add_transaction(refund: Refund, *, is_success: bool) -> None:
    Transaction.objects.create(
        payment=refund.payment,
        token=(refund.reference or refund.key)[:128],
        kind=TransactionKind.REFUND,
        is_success=is_success,
        amount=refund.amount_value,
        currency=refund.currency,
        error=None if is_success else TransactionError.DECLINED.value,
        gateway_response={},
    )


def _change_captured_amount(refund: Refund, change: Decimal) -> None:
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=refund.payment_id)
    if payment.charge_status == ChargeStatus.NOT_CHARGED:
        return  # money of a wrong amount was never counted, so it is not taken off (record.py)
    payment.captured_amount = max(payment.captured_amount + change, Decimal(0))
    payment.charge_status = _charge_status(payment)
    payment.is_active = payment.captured_amount > 0
    payment.save(update_fields=["captured_amount", "charge_status", "is_active", "modified"])


def _charge_status(payment: Payment) -> str:
    if payment.captured_amount <= 0:
        return ChargeStatus.FULLY_REFUNDED
    if payment.captured_amount < payment.total:
        return ChargeStatus.PARTIALLY_REFUNDED
    return ChargeStatus.FULLY_CHARGED


MADE_AT_PROVIDER = "Made at the payment provider."


def record_external_refund(
    *, provider: str, raw_id: str, key: str, amount: Money, state: RefundState
) -> bool:
    """Book what a provider says about a refund of the charge `raw_id`.

    `key` is ours where we asked for it; a refund made by hand at the provider gets a row
    of its own. Returns False if the charge is not in our books.
    """
    refund = _find_refund(key, provider, state.reference) or _new_external_refund(
        provider, raw_id, amount, state
    )
    if refund is None:
        return False
    record_refund(refund_id=refund.pk, state=state)
    return True


def _find_refund(key: str, provider: str, reference: str) -> Refund | None:
    by_key = Refund.objects.filter(key=key).first() if key else None
    found = Refund.objects.filter(payment__gateway=provider, reference=reference)
    return by_key or found.first()


def _new_external_refund(
    provider: str, raw_id: str, amount: Money, state: RefundState
) -> Refund | None:
    payment = Payment.objects.filter(
        gateway=provider,
        transactions__token=raw_id[:128],
        transactions__kind=TransactionKind.CAPTURE,
        transactions__is_success=True,
    ).first()
    if payment is None:
        return None
    with transaction.atomic():
        lock_order(payment.order_id)
        refund, _ = Refund.objects.get_or_create(
            key=f"{provider}-{state.reference}",
            defaults={
                "order_id": payment.order_id,
                "payment": payment,
                "amount_value": amount.amount,
                "currency": amount.currency,
                "reason": MADE_AT_PROVIDER,
                "reference": state.reference,
            },
        )
    return refund
