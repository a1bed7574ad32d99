"""The stock ledger: who changes stock and why, and whether ledger, stock and orders agree.

Actor and reason are passed to the database's triggers for as long as the change takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from psycopg.pq import TransactionStatus
from saleor.order import OrderStatus

from plugins.inventory.models import LedgerCheck, StockReason


@dataclass(frozen=True)
class _Context:
    """What the ledger's triggers read from the setting `inventory.context`."""

    reason: str = ""
    actor_id: int | None = None
    order_id: int | None = None
    note: str = ""

    def as_json(self) -> str:
        return json.dumps(
            {
                "reason": self.reason,
                "actor": self.actor_id,
                "order": self.order_id,
                "note": self.note[:200],
            }
        )


_NO_CONTEXT = _Context()
_context: ContextVar[_Context] = ContextVar("stock_context", default=_NO_CONTEXT)


@contextmanager
def stock_reason(
    *,
    reason: StockReason,
    actor_id: int | None = None,
    order_id: int | None = None,
    note: str = "",
    to_the_end: bool = False,
) -> Iterator[None]:
    """Inside, each change of stock is recorded with this reason.

    What is left out comes from the reason around it, or from `staff_request`. Needs a
    transaction, with whose end the setting is gone. `note` is for staff: never a customer's name.
    `to_the_end` says that nothing of the transaction follows the block, so that its end is left
    to take the setting back, without a statement for it.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("stock_reason needs a transaction")
    outer = _context.get()
    inner = _Context(
        reason.value,
        outer.actor_id if actor_id is None else actor_id,
        outer.order_id if order_id is None else order_id,
        note or outer.note,
    )
    is_last = to_the_end and len(connection.atomic_blocks) == 1
    with _with_context(inner, outer, local=True, take_back=not is_last):
        yield


@contextmanager
def staff_request(*, actor_id: int) -> Iterator[None]:
    """Inside, a change of stock is this person's, and fails unless `stock_reason` is given.

    For the connection, not for a transaction: a staff page may open several.
    """
    with _with_context(_Context(actor_id=actor_id), _context.get(), local=False):
        yield


@contextmanager
def _with_context(
    inner: _Context, outer: _Context, *, local: bool, take_back: bool = True
) -> Iterator[None]:
    token = _context.set(inner)
    _set_context(inner, local=local)
    try:
        yield
    finally:
        _context.reset(token)
        if take_back:
            _set_context(outer, local=local)


def _set_context(told: _Context, *, local: bool) -> None:
    if _is_transaction_broken():
        return  # the roll-back takes the setting with it
    value = "" if told == _NO_CONTEXT else told.as_json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('inventory.context', %s, %s)", [value, local])


def _is_transaction_broken() -> bool:
    """Say whether the transaction has failed, so that it takes no more statements."""
    link = connection.connection
    broken = (TransactionStatus.INERROR, TransactionStatus.UNKNOWN)
    return connection.needs_rollback or (
        link is not None and link.info.transaction_status in broken
    )


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
# Where a count found fewer than orders have reserved, the orders that lack pieces are flagged; the
# others must have theirs.
_OVERSOLD = """
SELECT stock.id, stock.quantity, sum(held.quantity_allocated)
FROM warehouse_stock stock JOIN warehouse_allocation held ON held.stock_id = stock.id
    JOIN order_orderline line ON line.id = held.order_line_id
    JOIN order_order placed ON placed.id = line.order_id
WHERE held.quantity_allocated > 0
    AND NOT EXISTS (
        SELECT FROM ordering_orderflag flag
        WHERE flag.order_id = placed.id AND flag.reason = 'stock_short' AND flag.settled_at IS NULL
    )
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


# Comparisons that apps above this one add: a statement, and the sentence for each of its rows.
_more_checks: dict[str, str] = {}


def add_check(statement: str, sentence: str) -> None:
    """Compare this too: `sentence` has a {} for each column of `statement`, ids and counts only."""
    _more_checks[statement] = sentence


@dataclass(frozen=True)
class LedgerReport:
    """What disagrees, a sentence each with ids only, and how many changes nobody explained."""

    differences: tuple[str, ...]
    unexplained: int


def check_ledger() -> LedgerReport:
    """Compare the ledger's sums with the stock, and what is reserved with the orders."""
    found = [
        *_differences(_ON_HAND, "stock {}: the ledger says {} on hand, the shelf {}"),
        *_differences(_RESERVED, "stock {}: the ledger says {} reserved, the orders' rows {}"),
        *_differences(_OVERSOLD, "stock {}: {} on hand, but {} are reserved"),
        *_differences(_ORDERS, "order {}: a line needs {} reserved, and has {}"),
    ]
    for statement, sentence in _more_checks.items():
        found += _differences(statement, sentence)
    return LedgerReport(tuple(found), _rows(_UNEXPLAINED)[0][0])


def _differences(statement: str, sentence: str) -> list[str]:
    return [sentence.format(*row) for row in _rows(statement)]


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"refunded": StockReason.REFUNDED.value, "open": _TO_SEND})
        return list(cursor.fetchall())


LEDGER_CHECK_RETENTION = timedelta(
    days=30
)  # long enough to see since when something has been wrong
_MAX_DIFFERENCES_KEPT = 100  # whoever has to mend more than that asks `manage.py check_ledger`


def record_check() -> LedgerReport:
    """Compare, keep the result for staff to see, and delete old results."""
    report = check_ledger()
    LedgerCheck.objects.create(
        differences=len(report.differences),
        first_differences=list(report.differences[:_MAX_DIFFERENCES_KEPT]),
        unexplained=report.unexplained,
    )
    LedgerCheck.objects.filter(at__lt=timezone.now() - LEDGER_CHECK_RETENTION).delete()
    return report
