"""Cancel an order, paid or not: all it holds is released and all its money is refunded."""

from __future__ import annotations

from django.db import transaction
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.closing import end_order
from plugins.ordering.locks import lock_gift_cards, lock_order
from plugins.ordering.models import ACTIVE, PaymentSession
from plugins.ordering.order_state import add_note, may_be_cancelled, placement_of
from plugins.ordering.outcomes import CancelOutcome, CancelRefused, PaymentUnavailable
from plugins.ordering.refunds import refund_everything
from plugins.ordering.releasing import release_order, why_kept
from plugins.ordering.saleor_patches import one_configuration

_MAX_ATTEMPTS = 3


def cancel_order(*, order_id: int, actor_id: int | None, reason: str) -> CancelOutcome:
    """Cancel an order that nobody has begun to pack; doing it again changes nothing.

    Stock, gift cards and the voucher's use are given back, all money that came in is asked to
    go back, and Saleor's order is CANCELED, in one transaction. An order that is still unpaid
    is released, its payment page closed first. `actor_id` is the user who cancels, None for a
    guest or the shop itself; `reason` stands in the order's history and is for staff.

    Call it outside of transactions: it may ask the payment provider. Raises CancelRefused
    (packing has begun, something has left, a dispute is open; the text is for who asks),
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
        _refuse(order, actor_id)
        if _has_open_payment(order_id):
            return None
        return _cancel_and_refund(order, actor_id, reason)


def _refuse(order: Order, actor_id: int | None) -> None:
    by_staff = User.objects.filter(pk=actor_id, is_staff=True).exists()
    allowed, why = may_be_cancelled(order, for_staff=by_staff)
    if not allowed:
        raise CancelRefused(why)


def _cancel_and_refund(order: Order, actor_id: int | None, reason: str) -> CancelOutcome:
    lock_gift_cards(pk__in=list(placement_of(order)["gift_cards"]))  # before the stock
    end_order(order, User.objects.filter(pk=actor_id).first())
    add_note(order, f"Cancelled: {reason}")
    refunds = refund_everything(order_id=order.pk, reason=reason, actor_id=actor_id)
    return CancelOutcome(order.pk, created=True, refunds=refunds)
