"""All changes of a sheet at once, and once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from saleor.warehouse.models import Stock

from plugins.inventory.errors import StockRefused
from plugins.inventory.models import StockPosting
from plugins.inventory.policies import Answer, may_add, may_take
from plugins.inventory.reasons import StockReason
from plugins.inventory.services.context import stock_reason
from plugins.inventory.services.shelves import lock_stocks, write_quantities

MOST_PIECES = 10_000  # of one SKU on one sheet; a barcode typed as a number is far longer
Place = tuple[UUID, int]  # warehouse and variant


@contextmanager
def posting(*, key: UUID, reason: StockReason, actor_id: int, note: str) -> Iterator[None]:
    """Open the transaction of a sheet. Raises StockRefused if it was posted before."""
    with transaction.atomic(), stock_reason(reason=reason, actor_id=actor_id, note=note):
        values = {"reason": reason, "actor_id": actor_id, "note": note}
        _row, is_new = StockPosting.objects.get_or_create(key=key, defaults=values)
        if not is_new:
            raise StockRefused("This sheet was posted already. It counts once.")
        yield


def apply_changes(changes: Mapping[Place, int]) -> None:
    """Add each number of pieces (below zero: take away) to its place; all of them, or none.

    Raises StockRefused with a sentence for every place that cannot give, or take, that many.
    """
    stocks = lock_places(changes)
    problems = [
        f"{stock.product_variant.sku}: {reason}"
        for place, stock in stocks.items()
        for allowed, reason in [_may_change(stock, changes[place])]
        if not allowed
    ]
    if problems:
        raise StockRefused(*problems)
    write_quantities({stock.pk: stock.quantity + changes[at] for at, stock in stocks.items()})


def lock_places(places: Mapping[Place, object]) -> dict[Place, Stock]:
    """Lock the stock of each place, by pk; one that is not kept there yet begins empty."""
    for warehouse_id, variant_id in sorted(places):
        Stock.objects.get_or_create(warehouse_id=warehouse_id, product_variant_id=variant_id)
    stocks = lock_stocks(
        warehouse_id__in={warehouse for warehouse, _ in places},
        product_variant_id__in={variant for _, variant in places},
    )
    found = {(stock.warehouse_id, stock.product_variant_id): stock for stock in stocks}
    return {place: stock for place, stock in found.items() if place in places}


def _may_change(stock: Stock, pieces: int) -> Answer:
    if pieces > 0:
        return may_add(pieces=pieces, most=MOST_PIECES)
    return may_take(pieces=-pieces, quantity=stock.quantity, allocated=stock.allocated)
