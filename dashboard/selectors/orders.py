"""Orders as staff look at them: by what there is to do."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.payment import ChargeStatus
from saleor.payment.models import Payment

from plugins.ordering.marks import RETURN, RETURNED, ReturnState


class PaymentState:
    """How an order is paid, in the words that staff see."""

    PAID = "Paid"
    WAITING = "Waiting"
    PARTLY_REFUNDED = "Partly refunded"
    REFUNDED = "Refunded"
    NONE = "Not paid"


_OPEN = Q(status__in=(OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED))
# plugins.ordering keeps a list of reasons there; the sentences stand in the order's time line.
NEEDS_ATTENTION = Q(private_metadata__has_key="needs_attention") & ~Q(
    private_metadata__needs_attention=[]
)
# Whoever looks at a flagged order decides first whether its parcel may leave.
TO_PACK = _OPEN & Q(settled=True) & ~NEEDS_ATTENTION
# An order whose money went back is not settled either, but waits for nothing.
WAITING_FOR_PAYMENT = _OPEN & Q(settled=False, payment_state=PaymentState.WAITING)
CANCELED = Q(status=OrderStatus.CANCELED)
SENT = Q(status=OrderStatus.FULFILLED)
_HAS_RETURN = Q(private_metadata__has_key=RETURN)  # which an index knows
RETURN_EXPECTED = _HAS_RETURN & Q(**{f"private_metadata__{RETURN}": ReturnState.EXPECTED.value})
RETURN_ARRIVED = _HAS_RETURN & Q(**{f"private_metadata__{RETURN}": ReturnState.ARRIVED.value})
RETURN_DONE = Q(private_metadata__has_key=RETURNED) & ~Q(private_metadata__has_key=RETURN)


def orders_with_payment() -> QuerySet[Order]:
    """Return all orders but drafts, with `settled` (all was taken) and `payment_state`."""
    return (
        Order.objects.confirmed()
        .annotate(settled=_settled(), last_charge=_last_charge())
        .annotate(payment_state=_payment_state())
    )


def orders_by_email(part: str) -> QuerySet[Any, Any]:
    """Return the ids of orders whose e-mail, or whose customer's, has this part.

    Two questions, as an index answers each; asked as one with OR, none could.
    """
    on_order = Order.objects.order_by().filter(user_email__icontains=part)
    of_account = Order.objects.order_by().filter(
        user__in=User.objects.order_by().filter(email__icontains=part)
    )
    return on_order.values("pk").union(of_account.values("pk"))


def placed_today() -> Q:
    """Return the condition that an order was placed since midnight in the shop's time zone."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Q(created__gte=midnight)


def _settled() -> Exists:
    """Return whether the whole total was taken, as `plugins.ordering.is_paid` says it.

    What was given back in part was taken whole before, and the rest is still to be sent.
    """
    whole = Q(charge_status=ChargeStatus.FULLY_CHARGED) & Q(
        captured_amount__gte=OuterRef("total_gross_amount")
    )
    partly_back = Q(charge_status=ChargeStatus.PARTIALLY_REFUNDED)
    return Exists(Payment.objects.filter(whole | partly_back, order=OuterRef("pk")))


def _last_charge() -> Subquery:
    payments = Payment.objects.filter(order=OuterRef("pk")).order_by("-pk")
    return Subquery(payments.values("charge_status")[:1])


def _payment_state() -> Case:
    return Case(
        When(last_charge=ChargeStatus.FULLY_REFUNDED, then=Value(PaymentState.REFUNDED)),
        When(last_charge=ChargeStatus.PARTIALLY_REFUNDED, then=Value(PaymentState.PARTLY_REFUNDED)),
        When(settled=True, then=Value(PaymentState.PAID)),
        When(CANCELED, then=Value(PaymentState.NONE)),
        default=Value(PaymentState.WAITING),
        output_field=CharField(),
    )
