"""The stock ledger of the copies, and the steps of their pieces.

Its triggers would date every change to now, so they are off while copies are made, inside the
one transaction. Steps are copied; the ledger gets the rows they would have written then. `check_ledger` says
afterwards whether that is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.many.copying import run

MOVES = "moves"  # what the copied orders did to the stock, in the order of time
_KEPT_BY_TRIGGERS = (
    "warehouse_stock", "warehouse_allocation", "order_orderline", "ordering_piecestep",
    "ordering_linepieces",
)  # fmt: skip
# An opening balance is older than all moves, so it takes its number before them.
_PREPARE = """
CREATE TEMP TABLE moves (LIKE inventory_stockentry);
CREATE TEMP TABLE openings AS
SELECT new AS stock_id, nextval(pg_get_serial_sequence('inventory_stockentry', 'id')) AS id
FROM goods_warehouse_stock ORDER BY new;
"""
# A twentieth of the shelves is empty but for what orders hold, a tenth is low.
_TOTALS = """
CREATE TEMP TABLE totals AS
SELECT stock_id, openings.id, coalesce(moved.pieces, 0) AS moved, coalesce(held.pieces, 0) + CASE
    WHEN stock_id % 20 = 0 THEN 0 WHEN stock_id % 10 = 1 THEN 3 ELSE 8 + stock_id * 7 % 50
    END AS left
FROM openings LEFT JOIN (
    SELECT stock_id, sum(after - before) AS pieces FROM moves
    WHERE measure = 'quantity' GROUP BY stock_id
) moved USING (stock_id) LEFT JOIN (
    SELECT stock_id, sum(quantity_allocated) AS pieces FROM warehouse_allocation GROUP BY stock_id
) held USING (stock_id)
"""
_SHELVES = """
UPDATE warehouse_stock SET quantity = totals.left FROM totals WHERE totals.stock_id = warehouse_stock.id
"""
_OPENINGS = """
INSERT INTO inventory_stockentry (id, measure, stock_id, variant_id, warehouse_id, before, after,
    reason, note, at)
SELECT totals.id, 'quantity', stock.id, product_variant_id, warehouse_id, 0, totals.left - moved,
    'opening', '', now() - interval '2 years'
FROM totals JOIN warehouse_stock stock ON stock.id = totals.stock_id WHERE totals.left <> moved
"""
_MOVES = """
INSERT INTO inventory_stockentry (id, measure, stock_id, variant_id, warehouse_id, before, after,
    reason, note, actor_id, order_id, order_line_id, at)
SELECT moves.id, measure, stock_id, variant_id, warehouse_id,
    CASE measure WHEN 'quantity' THEN so_far - (after - before) ELSE before END,
    CASE measure WHEN 'quantity' THEN so_far ELSE after END,
    reason, note, actor_id, order_id, order_line_id, at
FROM (
    SELECT moves.*, totals.left - totals.moved + sum(after - before) OVER (
        PARTITION BY stock_id, measure ORDER BY moves.id) AS so_far
    FROM moves JOIN totals USING (stock_id)
) moves ORDER BY moves.id
"""


@contextmanager
def written_here() -> Iterator[None]:
    """Keep the triggers off; at the end the transaction's rows are checked and they are on."""
    for table in _KEPT_BY_TRIGGERS:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in _KEPT_BY_TRIGGERS:
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def prepare() -> None:
    """Number the opening balances of the copied shelves."""
    run(_PREPARE)


def write() -> None:
    """Fill the copied shelves, and write into the ledger how that came about."""
    for statement in (_TOTALS, _SHELVES, _OPENINGS, _MOVES):
        run(statement)
