"""The sandbox's memory: Stripe objects as JSON rows in one SQLite file, listed and expanded."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_services.stripe_sandbox import errors

Object = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, place INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, place);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, asked TEXT NOT NULL, request TEXT NOT NULL, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY, event TEXT NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL,
  state TEXT NOT NULL, status INTEGER);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS settlements (intent TEXT PRIMARY KEY, due REAL, outcome TEXT);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY, place TEXT, pattern TEXT, mode TEXT, seconds REAL, left INTEGER);
CREATE TABLE IF NOT EXISTS requests (id TEXT, method TEXT, path TEXT, body TEXT, status INTEGER);
CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), ahead INTEGER);
"""


class Store:
    """Rows of one SQLite file; every write happens inside `transaction()`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_SCHEMA)
        # a process that was killed left its running requests behind: they never happened
        self._db.execute("DELETE FROM answers WHERE status IS NULL")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; one thread at a time, so every object is read at rest."""
        with self._lock:
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth = 0

    def run(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Run one statement and return its rows."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def now(self) -> int:
        """Return Unix seconds, moved ahead by tests that do not want to wait."""
        rows = self.run("SELECT ahead FROM clock")
        return int(time.time()) + (rows[0]["ahead"] if rows else 0)

    def move_clock(self, seconds: int) -> None:
        """Move the sandbox's clock ahead."""
        self.run(
            "INSERT INTO clock VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET ahead = ahead + ?",
            seconds,
            seconds,
        )

    def put(self, thing: Object) -> Object:
        """Insert or replace an object under its id."""
        self.run(
            "INSERT INTO objects VALUES (?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM objects), "
            "?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            thing["id"],
            thing["object"],
            json.dumps(thing),
        )
        return thing

    def get(self, key: str) -> Object | None:
        """Return the object with this id."""
        rows = self.run("SELECT body FROM objects WHERE id = ?", key)
        return json.loads(rows[0]["body"]) if rows else None

    def all(self, kind: str) -> list[Object]:
        """Return every object of a kind, newest first."""
        rows = self.run("SELECT body FROM objects WHERE kind = ? ORDER BY place DESC", kind)
        return [json.loads(row["body"]) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def new_id(prefix: str) -> str:
    """Return an id that looks like Stripe's."""
    return f"{prefix}_{secrets.token_urlsafe(18).replace('-', 'A').replace('_', 'B')}"


@dataclass(frozen=True)
class Context:
    """The store, the sandbox's own address, and the request's ids."""

    store: Store
    origin: str
    request_id: str
    idempotency_key: str = ""


_EXPANDABLE = ("payment_intent", "latest_charge", "charge")
_COMPARE = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def listing(
    url: str, things: Iterable[Object], asked: dict[str, Any], *, fields: tuple[str, ...]
) -> Object:
    """Filter by the fields that were asked for, then cut one page (10 unless told)."""
    found = [t for t in things if _matches(t, asked, fields)]
    page = _after(found, asked.get("starting_after"))
    limit = asked.get("limit", 10)
    return {
        "object": "list",
        "url": url,
        "data": page[:limit],
        "has_more": len(page) > limit,
    }


def _matches(thing: Object, asked: dict[str, Any], fields: tuple[str, ...]) -> bool:
    same = all(thing.get(name) == asked[name] for name in fields if name in asked)
    created = asked.get("created", {}).items()
    return same and all(_COMPARE[how](thing["created"], limit) for how, limit in created)


def _after(found: list[Object], cursor: str | None) -> list[Object]:
    if cursor is None:
        return found
    places = [place for place, thing in enumerate(found) if thing["id"] == cursor]
    if not places:
        raise errors.no_such("object", cursor, "starting_after")
    return found[places[0] + 1 :]


def present(store: Store, thing: Object, expand: Iterable[str]) -> Object:
    """Return the object as the API shows it: own notes left out, ids replaced where asked."""
    if thing["object"] == "list":
        inner = [path.removeprefix("data.") for path in expand]
        return thing | {"data": [present(store, each, inner) for each in thing["data"]]}
    shown = {key: value for key, value in thing.items() if not key.startswith("_")}
    for path in expand:
        _expand(store, shown, path.split("."))
    return shown


def _expand(store: Store, shown: Object, path: list[str]) -> None:
    name, rest = path[0], path[1:]
    if name not in _EXPANDABLE or name not in shown:
        message = f"This property cannot be expanded ({'.'.join(path)})."
        raise errors.invalid("expand", message)
    value = shown[name]
    found = store.get(value) if isinstance(value, str) else value
    if found is not None:
        shown[name] = present(store, found, [".".join(rest)] if rest else [])
