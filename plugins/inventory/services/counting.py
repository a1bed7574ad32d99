"""What somebody counted becomes the stock, as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from saleor.warehouse.models import Stock

from plugins.inventory.errors import StockRefused
from plugins.inventory.policies import Answer, may_set_stock
from plugins.inventory.reasons import StockReason
from plugins.inventory.services.posting import lock_places, posting
from plugins.inventory.services.shelves import write_quantities


@dataclass(frozen=True)
class Counted:
    """`pieces` were counted; `seen` is what the books said when the difference was shown."""

    seen: int
    pieces: int


def post_count(
    *, key: UUID, warehouse_id: UUID, counted: Mapping[int, Counted], actor_id: int, note: str
) -> None:
    """Set each variant that was counted in a warehouse to what is there; all, or none.

    Raises StockRefused with a sentence for each that changed meanwhile, or of which orders hold
    more than was found.
    """
    with posting(key=key, reason=StockReason.COUNTED, actor_id=actor_id, note=note):
        stocks = lock_places({(warehouse_id, variant): None for variant in counted})
        found = [(stock, counted[stock.product_variant_id]) for stock in stocks.values()]
        problems = [problem for stock, count in found if (problem := _problem(stock, count))]
        if problems:
            raise StockRefused(*problems)
        write_quantities({stock.pk: count.pieces for stock, count in found})


def _problem(stock: Stock, count: Counted) -> str:
    allowed, reason = _answer(stock, count)
    return "" if allowed else f"{stock.product_variant.sku}: {reason}"


def _answer(stock: Stock, count: Counted) -> Answer:
    if count.seen == stock.quantity == count.pieces:
        return True, ""
    return may_set_stock(
        seen=count.seen, current=stock.quantity, allocated=stock.allocated, wanted=count.pieces
    )
