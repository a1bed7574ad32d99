"""Misbehaviour on demand, for API requests and for webhook deliveries.

An API fault is tied to a pattern of `METHOD /path`, a webhook fault to a pattern of event types;
each is used `left` times and is then gone.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from fnmatch import fnmatchcase

from local_services.stripe_sandbox.store import Store

API_MODES = (
    "error_500",  # nothing was done
    "error_500_after",  # it was done, but the answer says it was not
    "rate_limit",
    "delay",
    "timeout",  # nothing was done and nothing is answered
    "answer_late",  # it was done, and answered after the client gave up
    "reset",  # it was done, and the connection breaks
)
WEBHOOK_MODES = ("drop", "duplicate", "delay", "reorder", "timeout")


@dataclass(frozen=True)
class Fault:
    """One use of a fault. `left` counts the uses that remain after this one."""

    mode: str
    seconds: float
    left: int


def add(
    store: Store, *, place: str, pattern: str, mode: str, seconds: float = 0, times: int = 1
) -> None:
    """Misbehave like this the next `times` times."""
    if mode not in {"api": API_MODES, "webhook": WEBHOOK_MODES}[place]:
        raise ValueError(f"{mode} is not a {place} fault")
    store.run(
        "INSERT INTO faults (place, pattern, mode, seconds, left) VALUES (?, ?, ?, ?, ?)",
        place,
        pattern,
        mode,
        seconds,
        times,
    )


def clear(store: Store) -> None:
    """Behave again."""
    store.run("DELETE FROM faults")


def take(store: Store, place: str, name: str) -> Fault | None:
    """Use up one fault that matches, the oldest first."""
    with store.transaction():
        rows = store.run("SELECT * FROM faults WHERE place = ? AND left > 0 ORDER BY id", place)
        found = next((row for row in rows if fnmatchcase(name, row["pattern"])), None)
        return _use(store, found) if found is not None else None


def _use(store: Store, row: sqlite3.Row) -> Fault:
    store.run("UPDATE faults SET left = left - 1 WHERE id = ?", row["id"])
    return Fault(row["mode"], row["seconds"], row["left"] - 1)


def delivery_delays(store: Store, kind: str) -> list[float]:
    """Return after how many seconds an event is delivered; none when it is dropped."""
    fault = take(store, "webhook", kind)
    if fault is None or fault.mode == "timeout":
        return [0.0]
    return {
        "drop": [],
        "duplicate": [0.0, fault.seconds, fault.seconds],
        "delay": [fault.seconds],
        # the first event waits longest, so they arrive back to front
        "reorder": [fault.seconds * (fault.left + 1)],
    }[fault.mode]
