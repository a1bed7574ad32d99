"""Exports of many order lines as staff take them: how long they take, and what memory.

`python -m tests.bench.inside exports 50000`, with DATABASE_URL of a shop that `make load-many`
has filled, prints the figures of each export for the days that hold so many order lines and for
those that hold a tenth of them: memory that does not grow with the rows is the same in both.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from saleor.account.models import User

from plugins.taxes.models import OrderTax
from tests.bench import table
from tests.staff import signed_in

_NAMES = ("orders", "lines", "payments", "refunds", "gift-cards", "vat")
_HEADINGS = ("export", "rows", "bytes", "seconds", "first byte, s", "MB more at most")


def exports(lines: str) -> list[dict[str, Any]]:
    """Return rows, seconds, seconds to the first byte, and megabytes that the process grew by."""
    email = "bench-books@shop.test"
    boss = User.objects.filter(email=email).first() or User.objects.create_superuser(email)
    if not _issued().exists():
        print("exports: nothing to measure, as no order has an invoice with tax")
        return []
    periods = [_period_of(wanted) for wanted in (int(lines) // 10, int(lines))]
    found = [
        _in_own_process(boss.pk, f"{name}.{file_type}", period)
        for name in _NAMES
        for file_type in ("csv", "xlsx")
        for period in periods
    ]
    print(table.render(_HEADINGS, [_row(one) for one in found]))
    return found


def _row(one: dict[str, Any]) -> list[str]:
    sizes = [f"{one['rows']:,}", f"{one['bytes']:,}"]
    took = [f"{one['seconds']:.1f}", f"{one['first']:.2f}"]
    return [one["file"], *sizes, *took, f"{one['megabytes']:.0f}"]


def _period_of(lines: int) -> dict[str, str]:
    """Return the days, with today as the last, that hold about so many lines."""
    rows = _issued()
    oldest = rows[min(lines, rows.count()) - 1]
    first = timezone.localdate(oldest) + timedelta(days=1)
    return {"first": first.isoformat(), "last": timezone.localdate().isoformat()}


def _issued() -> QuerySet[OrderTax, datetime]:
    rows = OrderTax.objects.exclude(line=None).exclude(order__tax_invoice=None)
    newest = rows.order_by("-order__tax_invoice__issued_at")
    return newest.values_list("order__tax_invoice__issued_at", flat=True)


def _in_own_process(boss: int, file: str, period: dict[str, str]) -> dict[str, Any]:
    """Measure in a fork: what a process has needed before does not count."""
    connection.close()
    told, tell = multiprocessing.Pipe(duplex=False)
    if not (child := os.fork()):
        tell.send(json.dumps(_measured(boss, file, period)))
        os._exit(0)
    answer = json.loads(told.recv())
    os.waitpid(child, 0)
    return dict(answer)


def _measured(boss: int, file: str, period: dict[str, str]) -> dict[str, Any]:
    client = signed_in(User.objects.get(pk=boss), SERVER_NAME="127.0.0.1")
    client.get("/staff/exports/", period)  # loads what every page needs
    before, begun = _megabytes(), time.perf_counter()
    answer = client.get(f"/staff/exports/{file}", period)
    size, newlines, first = 0, 0, 0.0
    for chunk in answer.streaming_content:
        first = first or time.perf_counter() - begun
        size += len(chunk)
        newlines += chunk.count(b"\n")
    seconds, grown = time.perf_counter() - begun, _megabytes() - before
    name, file_type = file.split(".")
    rows = newlines - 1 if file_type == "csv" else _rows(client, name, period)
    return {
        "file": file, "rows": rows, "bytes": size, "seconds": seconds, "first": first,
        "megabytes": grown,
    }  # fmt: skip


def _rows(client: Any, name: str, period: dict[str, str]) -> int:
    answer = client.get(f"/staff/exports/{name}.csv", period)
    return sum(chunk.count(b"\n") for chunk in answer.streaming_content) - 1


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
