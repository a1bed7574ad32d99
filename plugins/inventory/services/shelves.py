"""Stock rows, locked, and the few ways by which their quantity changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.errors import refuse_unless
from plugins.inventory.policies import may_set_stock
from plugins.inventory.reasons import StockReason
from plugins.inventory.services.context import stock_reason

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


def lock_stock(*, stock_id: int, seen: int, wanted: int) -> Stock:
    """Lock one stock and return it, if it may become `wanted`. Raises StockRefused."""
    (stock,) = lock_stocks(pk=stock_id)
    answer = may_set_stock(
        seen=seen, current=stock.quantity, allocated=stock.allocated, wanted=wanted
    )
    refuse_unless(answer)
    return stock


@transaction.atomic
def set_quantity(
    *, stock_id: int, seen: int, wanted: int, actor_id: int, reason: StockReason, note: str = ""
) -> Stock:
    """Set the quantity on hand to `wanted` pieces.

    `seen` is the quantity the actor had before them. Raises StockRefused.
    """
    stock = lock_stock(stock_id=stock_id, seen=seen, wanted=wanted)
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


def allocated_pieces(stock_ids: Iterable[int]) -> dict[int, int]:
    """Return the pieces that orders hold, of those stocks of which they hold any."""
    held = Allocation.objects.filter(stock_id__in=list(stock_ids), quantity_allocated__gt=0)
    return dict(held.order_by().values_list("stock_id").annotate(Sum("quantity_allocated")))
