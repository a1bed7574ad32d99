"""What was sold, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from saleor.order.models import Order
from saleor.payment.models import Payment

from dashboard.selectors.orders import CANCELED, orders_with_payment

SALES_DAYS = 30


@dataclass(frozen=True)
class DayOfSales:
    """Orders placed on a day that are paid and stand, and what of their money was kept."""

    day: date
    orders: int
    taken: Decimal


def sales_by_day() -> list[DayOfSales]:
    """Return the last 30 days with today, oldest first; one query.

    A refund is taken off the day of its order. Gift cards are money that was taken before, so
    the part of an order that they pay is not in `taken`.
    """
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(SALES_DAYS))]
    found = {day: (orders, taken) for day, orders, taken in _paid_orders_since(days[0])}
    return [DayOfSales(day, *found.get(day, (0, Decimal(0)))) for day in days]


def _paid_orders_since(first: date) -> QuerySet[Order]:
    midnight = timezone.make_aware(datetime.combine(first, time.min))
    paid = orders_with_payment().filter(
        created__gte=midnight, settled=True, currency=settings.DEFAULT_CURRENCY
    )
    return (
        paid.exclude(CANCELED)
        .annotate(day=TruncDate("created"), kept=_kept())
        .order_by("day")
        .values("day")
        .annotate(orders=Count("pk"), taken=Sum("kept"))
        .values_list("day", "orders", "taken")
    )


def _kept() -> Coalesce:
    """Return what an order's payments hold; Saleor lowers it with each refund."""
    payments = Payment.objects.filter(order=OuterRef("pk")).order_by().values("order")
    total = payments.annotate(total=Sum("captured_amount")).values("total")
    return Coalesce(Subquery(total), Decimal(0), output_field=DecimalField())
