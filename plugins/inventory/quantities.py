"""Stock quantities: on hand, allocated, available, sold; and the few ways to change them.

Lock order: after the locks of plugins.ordering, stock rows by pk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.dispatch import Signal
from django.utils import timezone
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import SALES_REASONS, Measure, StockEntry, StockReason
from plugins.inventory.policies import may_set_stock, refuse_unless

# Sent when somebody has set how many pieces are on hand, before the end of the transaction; with
# `stock_ids`. What orders take and free is not among it.
quantities_changed = Signal()

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

    Sold is what orders took from this stock and did not return. `days_left` is None
    where nothing was sold; `to_order` brings the stock to `COVER_DAYS` of sales above its
    reorder point. `low_at` is that point, -1 where nothing is sold from.
    """
    since = timezone.now() - timedelta(days=SALES_DAYS)
    sales = StockEntry.objects.filter(
        stock=OuterRef("pk"), measure=Measure.ALLOCATED, reason__in=SALES_REASONS, at__gte=since
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


_WRITE = """
UPDATE warehouse_stock stock SET quantity = wanted.quantity
FROM unnest(%s::int[], %s::int[]) AS wanted (id, quantity)
WHERE stock.id = wanted.id AND stock.quantity <> wanted.quantity
"""


def lock_stocks(**which: Any) -> list[Stock]:
    """Lock the stocks that match the filter until the transaction ends, by pk.

    Each gets `allocated`, the pieces that orders hold. Orders lock the same rows before they
    reserve, so what is read here stays true.
    """
    rows = Stock.objects.select_for_update(of=("self",)).filter(**which).order_by("pk")
    stocks = list(rows.select_related("product_variant"))
    held = allocated_pieces(stock.pk for stock in stocks)
    for stock in stocks:
        stock.allocated = held.get(stock.pk, 0)
    return stocks


def lock_stock(*, stock_id: int, expected: int, wanted: int) -> Stock:
    """Lock one stock and return it, if it may become `wanted`. Raises StockRefused."""
    (stock,) = lock_stocks(pk=stock_id)
    refuse_unless(may_set_stock(expected=expected, current=stock.quantity, wanted=wanted))
    return stock


@transaction.atomic
def set_quantity(
    *, stock_id: int, expected: int, wanted: int, actor_id: int, reason: StockReason, note: str = ""
) -> Stock:
    """Set the quantity on hand to `wanted` pieces.

    `expected` is the quantity the actor had before them. Raises StockRefused.
    """
    stock = lock_stock(stock_id=stock_id, expected=expected, wanted=wanted)
    with stock_reason(reason=reason, actor_id=actor_id, note=note):
        write_quantities({stock.pk: wanted})
    return stock


@transaction.atomic
def open_stock(
    *,
    variant_id: int,
    warehouse_id: Any,
    quantity: int,
    actor_id: int,
    reason: StockReason,
    note: str = "",
) -> Stock:
    """Begin to keep a variant in a warehouse, with `quantity` pieces on hand.

    Raises IntegrityError if the warehouse keeps it already.
    """
    with stock_reason(reason=reason, actor_id=actor_id, note=note):
        return Stock.objects.create(
            product_variant_id=variant_id, warehouse_id=warehouse_id, quantity=quantity
        )


def write_quantities(quantities: Mapping[int, int]) -> None:
    """Write the quantities of stocks that are locked, by their id; what is the same stays.

    One plain statement: Django's `bulk_update` builds a CASE of a branch for each row, which took
    half of the time of an import.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(quantities), list(quantities.values())])
    quantities_changed.send(Stock, stock_ids=list(quantities))


def allocated_pieces(stock_ids: Iterable[int]) -> dict[int, int]:
    """Return the pieces that orders hold, of those stocks of which they hold any."""
    held = Allocation.objects.filter(stock_id__in=list(stock_ids), quantity_allocated__gt=0)
    return dict(held.order_by().values_list("stock_id").annotate(Sum("quantity_allocated")))
