"""Cancel an order, paid or not: all it holds is released and all its money is refunded."""

from __future__ import annotations

from django.db import transaction
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.locks import lock_order
from plugins.ordering.models import ACTIVE, PaymentSession
from plugins.ordering.order_state import add_note, may_be_cancelled
from plugins.ordering.outcomes import CancelOutcome, CancelRefused, PaymentUnavailable
from plugins.ordering.refunds import refund_everything
from plugins.ordering.releasing import release_held, release_order, why_kept
from plugins.ordering.saleor_patches import one_configuration

_MAX_ATTEMPTS = 3


def cancel_order(*, order_id: int, actor_id: int | None, reason: str) -> CancelOutcome:
    """Cancel an order that nobody has begun to pack; doing it again changes nothing.

    Stock, gift cards and the voucher's use are given back, all money that came in is asked to
    go back, and Saleor's order is CANCELED, in one transaction. An order that is still unpaid
    is released, its payment page closed first. `actor_id` is the user who cancels, None for a
    guest or the shop itself; `reason` stands in the order's history and is for staff.

    Call it outside of transactions: it may ask the payment provider. Raises CancelRefused
    (packing has begun, something has left, a dispute is open; the text is for the customer),
    PaymentProcessing (a bank debit is on its way) or PaymentUnavailable (the provider cannot say
    whether the customer is paying now).
    `may_be_cancelled` tells beforehand whether to offer it.
    """
    for _ in range(_MAX_ATTEMPTS):
        if _has_open_payment(order_id):
            outcome = release_order(order_id=order_id, reason=reason)
            if outcome.state == "kept":
                raise why_kept(order_id)
            if outcome.state != "paid":
                return CancelOutcome(order_id, outcome.state == "released", ())
        cancelled = _cancel_locked(order_id, actor_id, reason)
        if cancelled is not None:
            return cancelled
    raise PaymentUnavailable


def _has_open_payment(order_id: int) -> bool:
    return PaymentSession.objects.filter(order_id=order_id, state__in=ACTIVE).exists()


def _cancel_locked(order_id: int, actor_id: int | None, reason: str) -> CancelOutcome | None:
    """Cancel under the order's lock; None while somebody may still be paying for it."""
    with transaction.atomic(), one_configuration():
        order, _checkout = lock_order(order_id)
        if order.status == OrderStatus.CANCELED:
            return CancelOutcome(order_id, created=False, refunds=())
        _refuse(order)
        if _has_open_payment(order_id):
            return None
        return _cancel_and_refund(order, actor_id, reason)


def _refuse(order: Order) -> None:
    allowed, why = may_be_cancelled(order)
    if not allowed:
        raise CancelRefused(why)


def _cancel_and_refund(order: Order, actor_id: int | None, reason: str) -> CancelOutcome:
    refunds = refund_everything(order_id=order.pk, reason=reason, actor_id=actor_id)
    release_held(order, User.objects.filter(pk=actor_id).first())
    add_note(order, f"Cancelled: {reason}")
    return CancelOutcome(order.pk, created=True, refunds=refunds)
