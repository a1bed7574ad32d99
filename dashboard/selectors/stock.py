"""Stock on hand, reserved and left, one row per variant and warehouse."""

from __future__ import annotations

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from saleor.warehouse.models import Allocation, Stock

# Until each SKU has its own reorder point, this many pieces or fewer are "low".
LOW_STOCK = 5


def stock_with_availability(stocks: QuerySet[Stock] | None = None) -> QuerySet[Stock]:
    """Return the stocks with `allocated` and `available`, in pieces.

    The sum stands in a subquery: joined, further joins would multiply it.
    """
    reserved = (
        Allocation.objects.filter(stock=OuterRef("pk"))
        .order_by()
        .values("stock")
        .annotate(total=Sum("quantity_allocated"))
        .values("total")
    )
    base = Stock.objects.all() if stocks is None else stocks
    return base.annotate(allocated=Coalesce(Subquery(reserved), 0)).annotate(
        available=F("quantity") - F("allocated")
    )


def low_stock(stocks: QuerySet[Stock]) -> QuerySet[Stock]:
    """Return those of `stock_with_availability` that are low or out."""
    return stocks.filter(available__lte=LOW_STOCK)


def out_of_stock(stocks: QuerySet[Stock]) -> QuerySet[Stock]:
    """Return those of `stock_with_availability` of which nothing is left."""
    return stocks.filter(available__lte=0)
