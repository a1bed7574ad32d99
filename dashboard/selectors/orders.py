"""Orders as staff look at them: by what there is to do."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.payment import ChargeStatus
from saleor.payment.models import Payment

# Saleor's own rule (Order._total_paid): these payments still hold the customer's money.
_CHARGED = (
    ChargeStatus.PARTIALLY_CHARGED,
    ChargeStatus.FULLY_CHARGED,
    ChargeStatus.PARTIALLY_REFUNDED,
)
_OPEN = Q(status__in=(OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED))
_COVERED = Q(paid__gte=F("total_gross_amount"))

TO_PACK = _OPEN & _COVERED
WAITING_FOR_PAYMENT = _OPEN & ~_COVERED
NEEDS_ATTENTION = Q(private_metadata__has_key="needs_attention") & ~Q(
    private_metadata__needs_attention=False
)
CANCELED = Q(status=OrderStatus.CANCELED)
SENT = Q(status=OrderStatus.FULFILLED)


class PaymentState:
    """How an order is paid, in the words that staff see."""

    PAID = "Paid"
    PARTLY = "Partly paid"
    WAITING = "Waiting"
    REFUNDED = "Refunded"
    NONE = "Not paid"


def orders_with_payment() -> QuerySet[Order]:
    """Return all orders but drafts, with `paid` (an amount) and `payment_state`."""
    return (
        Order.objects.confirmed()
        .annotate(paid=_paid(), last_charge=_last_charge())
        .annotate(payment_state=_payment_state())
    )


def placed_today() -> Q:
    """Return the condition that an order was placed since midnight in the shop's time zone."""
    return Q(created__gte=start_of_today())


def start_of_today() -> datetime:
    """Return the last midnight of the shop's time zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _paid() -> Coalesce:
    captured = (
        Payment.objects.filter(order=OuterRef("pk"), charge_status__in=_CHARGED)
        .order_by()
        .values("order")
        .annotate(total=Sum("captured_amount"))
        .values("total")
    )
    amount: DecimalField = DecimalField(max_digits=12, decimal_places=2)
    return Coalesce(Subquery(captured, output_field=amount), Decimal(0), output_field=amount)


def _last_charge() -> Subquery:
    payments = Payment.objects.filter(order=OuterRef("pk")).order_by("-pk")
    return Subquery(payments.values("charge_status")[:1])


def _payment_state() -> Case:
    return Case(
        When(last_charge=ChargeStatus.FULLY_REFUNDED, then=Value(PaymentState.REFUNDED)),
        When(CANCELED & Q(paid=0), then=Value(PaymentState.NONE)),
        When(_COVERED, then=Value(PaymentState.PAID)),
        When(paid__gt=0, then=Value(PaymentState.PARTLY)),
        default=Value(PaymentState.WAITING),
        output_field=CharField(),
    )
