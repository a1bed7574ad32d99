"""What a refund leaves in Saleor's books: a transaction, the payment's figures, an event."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from prices import Money
from saleor.order.actions import order_refunded
from saleor.order.events import payment_failed_event
from saleor.order.models import Order
from saleor.payment import ChargeStatus, TransactionError, TransactionKind
from saleor.payment.models import Payment, Transaction

from plugins.ordering.models import BOOKED, Refund, RefundStatus
from plugins.ordering.payments import RefundState
from plugins.ordering.plugin import one_configuration
from plugins.ordering.services.fulfil import close_if_done
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.notes import add_note, flag
from plugins.ordering.services.restock import put_back

REFUND_FAILED = "refund_failed"


def charge_of(payment: Payment) -> str:
    """Return the provider's id of the money that came in."""
    taken = payment.transactions.filter(kind=TransactionKind.CAPTURE, is_success=True)
    return taken.values_list("token", flat=True).order_by("pk").first() or ""


def left_of(payment: Payment) -> Money:
    """Return what came in by this payment and has not gone back, or been asked to."""
    taken = payment.transactions.filter(kind=TransactionKind.CAPTURE, is_success=True)
    came = taken.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    currency = taken.values_list("currency", flat=True).first() or payment.currency
    gone = Refund.objects.filter(payment=payment).exclude(state=RefundStatus.FAILED)
    return Money(came - (gone.aggregate(sum=Sum("amount_value"))["sum"] or 0), currency)


def left_to_give_back(order: Order) -> Money:
    """Return the most that one refund of this order may be; nothing without a payment."""
    nothing = Money(Decimal("0.00"), order.currency)
    return max([left_of(payment) for payment in order.payments.all()], default=nothing)


def record_refund(*, refund_id: int, state: RefundState) -> None:
    """Write down what the provider says about a refund; saying it again changes nothing.

    A refund that fails after it was booked is taken out of the books again, and the order is
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
        _book(refund, state, was_booked=was_booked)


def _book(refund: Refund, state: RefundState, *, was_booked: bool) -> None:
    if state.state == RefundStatus.FAILED:
        _failed(refund, state, was_booked=was_booked)
    elif not was_booked:
        _succeeded(refund)


def _succeeded(refund: Refund) -> None:
    _write(refund, is_success=True)
    _change_payment(refund, -refund.amount_value)
    order_refunded(refund.order, refund.asked_by, refund.amount_value, refund.payment)
    add_note(refund.order, f"Refund reason: {refund.reason}")
    if refund.restock:
        put_back(refund)
    close_if_done(refund.order)


def _failed(refund: Refund, state: RefundState, *, was_booked: bool) -> None:
    _write(refund, is_success=False)
    if was_booked:
        _change_payment(refund, refund.amount_value)
    why = state.error or "no reason given"
    message = f"A refund of {refund.amount_value} {refund.currency} failed: {why}."
    payment_failed_event(order=refund.order, user=None, message=message, payment=refund.payment)
    flag(refund.order, REFUND_FAILED, f"{message} The customer does not have the money.")


def _write(refund: Refund, *, is_success: bool) -> None:
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


def _change_payment(refund: Refund, change: Decimal) -> None:
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
