"""Do the ledger, the stock and the orders say the same? Four statements, whatever the size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from saleor.order import OrderStatus

from plugins.inventory.reasons import StockReason

_ON_HAND = """
SELECT coalesce(stock.id, known.stock_id), coalesce(known.total, 0), coalesce(stock.quantity, 0)
FROM warehouse_stock stock FULL JOIN (
    SELECT stock_id, sum(after - before) AS total FROM inventory_stockentry
    WHERE measure = 'quantity' GROUP BY stock_id
) known ON known.stock_id = stock.id
WHERE coalesce(known.total, 0) <> coalesce(stock.quantity, 0) ORDER BY 1
"""
_RESERVED = """
SELECT coalesce(held.stock_id, known.stock_id), coalesce(known.total, 0), coalesce(held.total, 0)
FROM (
    SELECT stock_id, sum(quantity_allocated) AS total FROM warehouse_allocation
    WHERE quantity_allocated > 0 GROUP BY stock_id
) held FULL JOIN (
    SELECT stock_id, sum(after - before) AS total FROM inventory_stockentry
    WHERE measure = 'allocated' GROUP BY stock_id HAVING sum(after - before) <> 0
) known ON known.stock_id = held.stock_id
WHERE coalesce(known.total, 0) <> coalesce(held.total, 0) ORDER BY 1
"""
_OVERSOLD = """
SELECT stock.id, stock.quantity, sum(held.quantity_allocated)
FROM warehouse_stock stock JOIN warehouse_allocation held ON held.stock_id = stock.id
WHERE held.quantity_allocated > 0
GROUP BY stock.id HAVING sum(held.quantity_allocated) > stock.quantity ORDER BY 1
"""
# A line of an order that is still to be sent holds what was neither sent nor given up with a
# refund; a line of any other order holds nothing. A product whose stock is not kept holds nothing.
_ORDERS = """
WITH held AS (
    SELECT order_line_id, sum(quantity_allocated) AS pieces FROM warehouse_allocation
    WHERE quantity_allocated > 0 GROUP BY 1
), wanted AS (
    SELECT line.id AS order_line_id, line.order_id, line.quantity - line.quantity_fulfilled - (
        SELECT coalesce(sum(entry.before - entry.after), 0) FROM inventory_stockentry entry
        WHERE entry.order_id = line.order_id AND entry.order_line_id = line.id
            AND entry.measure = 'allocated' AND entry.reason = %(refunded)s) AS pieces
    FROM order_orderline line JOIN order_order placed ON placed.id = line.order_id
        JOIN product_productvariant variant ON variant.id = line.variant_id
    WHERE placed.status = ANY(%(open)s) AND variant.track_inventory
)
SELECT coalesce(wanted.order_id, line.order_id), coalesce(wanted.pieces, 0),
    coalesce(held.pieces, 0)
FROM wanted FULL JOIN held USING (order_line_id)
    LEFT JOIN order_orderline line ON line.id = held.order_line_id
WHERE coalesce(wanted.pieces, 0) <> coalesce(held.pieces, 0) ORDER BY 1
"""
_UNEXPLAINED = "SELECT count(*) FROM inventory_stockentry WHERE reason = 'unknown'"
_TO_SEND = [OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED]


@dataclass(frozen=True)
class LedgerReport:
    """What disagrees, a sentence each with ids only, and how many changes nobody explained."""

    differences: tuple[str, ...]
    unexplained: int


def check_ledger() -> LedgerReport:
    """Compare the ledger's sums with the stock, and what is reserved with the orders."""
    found = [
        *_say(_ON_HAND, "stock {}: the ledger says {} on hand, the shelf {}"),
        *_say(_RESERVED, "stock {}: the ledger says {} reserved, the orders' rows {}"),
        *_say(_OVERSOLD, "stock {}: {} on hand, but {} are reserved"),
        *_say(_ORDERS, "order {}: a line needs {} reserved, and has {}"),
    ]
    return LedgerReport(tuple(found), _rows(_UNEXPLAINED)[0][0])


def _say(statement: str, sentence: str) -> list[str]:
    return [sentence.format(*row) for row in _rows(statement)]


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"refunded": StockReason.REFUNDED.value, "open": _TO_SEND})
        return list(cursor.fetchall())
