"""Who changes stock, and why: told to the database for as long as the change takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus

from plugins.inventory.reasons import StockReason


@dataclass(frozen=True)
class _Told:
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


_NOTHING = _Told()
_told: ContextVar[_Told] = ContextVar("stock_context", default=_NOTHING)


@contextmanager
def stock_reason(
    *,
    reason: StockReason,
    actor_id: int | None = None,
    order_id: int | None = None,
    note: str = "",
) -> Iterator[None]:
    """Inside, each change of stock is recorded with this reason.

    What is left out comes from the reason around it, or from `staff_request`. Needs a
    transaction, with whose end the setting is gone. `note` is for staff: never a customer's name.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("stock_reason needs a transaction")
    outer = _told.get()
    inner = _Told(
        reason.value,
        outer.actor_id if actor_id is None else actor_id,
        outer.order_id if order_id is None else order_id,
        note or outer.note,
    )
    with _telling(inner, outer, local=True):
        yield


@contextmanager
def staff_request(*, actor_id: int) -> Iterator[None]:
    """Inside, a change of stock is this person's, and fails unless `stock_reason` is given.

    For the connection, not for a transaction: a staff page may open several.
    """
    with _telling(_Told(actor_id=actor_id), _told.get(), local=False):
        yield


@contextmanager
def _telling(inner: _Told, outer: _Told, *, local: bool) -> Iterator[None]:
    token = _told.set(inner)
    _tell(inner, local=local)
    try:
        yield
    finally:
        _told.reset(token)
        _tell(outer, local=local)


def _tell(told: _Told, *, local: bool) -> None:
    if _is_lost():
        return  # the roll-back takes the setting with it
    value = "" if told == _NOTHING else told.as_json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('inventory.context', %s, %s)", [value, local])


def _is_lost() -> bool:
    """Say whether the transaction has failed, so that it takes no more statements."""
    link = connection.connection
    broken = (TransactionStatus.INERROR, TransactionStatus.UNKNOWN)
    return connection.needs_rollback or (
        link is not None and link.info.transaction_status in broken
    )
