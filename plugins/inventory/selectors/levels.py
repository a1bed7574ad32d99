"""How each stock stands: what orders hold, what is left, and how fast it goes."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.models import Measure, StockEntry
from plugins.inventory.reasons import SELLING

# Where a stock has no reorder point of its own, this many pieces or fewer are "low".
LOW_STOCK = 5
QUARANTINE = "quarantine"  # the warehouse of what is set aside: never sold from, so never low
_LOW_AT = Coalesce(
    "reorder_point__pieces",
    Case(When(warehouse__slug=QUARANTINE, then=-1), default=LOW_STOCK),
)
SALES_DAYS = 30
COVER_DAYS = 30  # a reorder is to last as long as this


def with_available(stocks: QuerySet[Stock]) -> QuerySet[Stock]:
    """Add `allocated` and `available`, in pieces.

    The sum stands in a subquery: joined, further joins would multiply it. Most allocations are
    of orders that were sent; an index knows those that hold something.
    """
    holding = Allocation.objects.filter(stock=OuterRef("pk"), quantity_allocated__gt=0)
    held = _sum(holding, F("quantity_allocated"))
    return stocks.annotate(allocated=held).annotate(available=F("quantity") - F("allocated"))


def with_sales(stocks: QuerySet[Stock]) -> QuerySet[Stock]:
    """Add `sold` (pieces in `SALES_DAYS`), `days_left` and `to_order` to `with_available`.

    Sold is what orders took from this very shelf and did not give back. `days_left` is None
    where nothing was sold; `to_order` brings the shelf to `COVER_DAYS` of sales above its
    reorder point. `low_at` is that point, -1 where nothing is sold from.
    """
    since = timezone.now() - timedelta(days=SALES_DAYS)
    sales = StockEntry.objects.filter(
        stock=OuterRef("pk"), measure=Measure.ALLOCATED, reason__in=SELLING, at__gte=since
    )
    sold = Greatest(_sum(sales, F("after") - F("before")), 0)
    return (
        stocks.annotate(sold=sold, low_at=_LOW_AT)
        .annotate(
            days_left=Case(
                When(sold__gt=0, then=Greatest(F("available"), 0) * SALES_DAYS / F("sold")),
                output_field=IntegerField(),
            ),
            wanted=F("low_at") + F("sold") * COVER_DAYS / SALES_DAYS - F("available"),
        )
        .annotate(
            to_order=Case(
                When(Q(available__lte=F("low_at"), wanted__gt=0), then=F("wanted")),
                default=0,
                output_field=IntegerField(),
            )
        )
    )


def low_stock(stocks: QuerySet[Stock]) -> QuerySet[Stock]:
    """Return those of `with_available` that are at their reorder point, below it, or out."""
    return stocks.filter(available__lte=_LOW_AT)


def out_of_stock(stocks: QuerySet[Stock]) -> QuerySet[Stock]:
    """Return those of `with_available` of which nothing is left to sell."""
    return stocks.filter(available__lte=0).exclude(warehouse__slug=QUARANTINE)


def _sum(rows: QuerySet, amount: Combinable) -> Coalesce:
    per_stock = rows.order_by().values("stock").annotate(total=Sum(amount)).values("total")
    return Coalesce(Subquery(per_stock, output_field=IntegerField()), 0)
