"""Exports of many order lines as staff take them: how long they take, and what memory.

`python -m tests.bench.inside exports 50000`, with DATABASE_URL of a shop that `make load-many`
has filled, prints the figures for so many lines and for a tenth of them: memory that does not
grow with the lines is the same in both.
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
from tests.staff import signed_in


def exports(lines: str) -> list[dict[str, Any]]:
    """Return rows, seconds, seconds to the first byte, and megabytes that the process grew by."""
    email = "bench-books@shop.test"
    boss = User.objects.filter(email=email).first() or User.objects.create_superuser(email)
    if not _issued().exists():
        print("exports: nothing to measure, as no order has an invoice with tax")
        return []
    found = []
    for wanted in (int(lines) // 10, int(lines)):
        period = _period_of(wanted)
        found += [_in_own_process(boss.pk, file_type, period) for file_type in ("csv", "xlsx")]
    for one in found:
        print(
            "order lines as {type}: {rows:,} rows, {bytes:,} bytes, {seconds:.1f} s, the first "
            "byte after {first:.2f} s, {megabytes:.0f} MB more memory at most".format(**one)
        )
    return found  # fmt: skip


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


def _in_own_process(boss: int, file_type: str, period: dict[str, str]) -> dict[str, Any]:
    """Measure in a fork: what a process has needed before does not count."""
    connection.close()
    told, tell = multiprocessing.Pipe(duplex=False)
    if not (child := os.fork()):
        tell.send(json.dumps(_measured(boss, file_type, period)))
        os._exit(0)
    answer = json.loads(told.recv())
    os.waitpid(child, 0)
    return dict(answer)


def _measured(boss: int, file_type: str, period: dict[str, str]) -> dict[str, Any]:
    client = signed_in(User.objects.get(pk=boss), SERVER_NAME="127.0.0.1")
    client.get("/staff/exports/", period)  # loads what every page needs
    before, begun = _megabytes(), time.perf_counter()
    answer = client.get(f"/staff/exports/lines.{file_type}", period)
    size, newlines, first = 0, 0, 0.0
    for chunk in answer.streaming_content:
        first = first or time.perf_counter() - begun
        size += len(chunk)
        newlines += chunk.count(b"\n")
    seconds, grown = time.perf_counter() - begun, _megabytes() - before
    rows = newlines - 1 if file_type == "csv" else _rows(client, period)
    return {
        "type": file_type, "rows": rows, "bytes": size, "seconds": seconds, "first": first,
        "megabytes": grown,
    }  # fmt: skip


def _rows(client: Any, period: dict[str, str]) -> int:
    answer = client.get("/staff/exports/lines.csv", period)
    return sum(chunk.count(b"\n") for chunk in answer.streaming_content) - 1


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
