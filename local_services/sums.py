"""What a database and its media hold, in figures that are the same wherever the same data are.

A backup carries the figures of the moment that it shows; a restore is good when it has the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

Row = tuple[object, ...]

# How text of values is written must not depend on the server's or the role's settings.
_SAME_TEXT = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
)
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# A sum of the rows' hashes does not depend on their order, and one changed letter changes it.
_TABLE = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} AS t"
# What people look at first; each is two figures of one table.
_BOOKS = {
    "orders": "SELECT count(*), coalesce(sum(total_gross_amount), 0) FROM order_order",
    "payments": "SELECT count(*), coalesce(sum(captured_amount), 0) FROM payment_payment",
    "refunds": "SELECT count(*), coalesce(sum(amount_value), 0) FROM ordering_refundpart",
    "stock ledger": "SELECT count(*), coalesce(sum(after - before), 0) FROM inventory_stockentry",
    "gift cards": "SELECT count(*), coalesce(sum(current_balance_amount), 0) "
    "FROM giftcard_giftcard",
    "e-mails": "SELECT count(*), count(*) FILTER (WHERE state = 'sent') "
    "FROM order_emails_outgoingemail",
}


@dataclass(frozen=True)
class Sums:
    """Rows and hash of each table, the books that people read, and the hash of each media file."""

    tables: dict[str, list[str]]
    books: dict[str, list[str]]
    media: dict[str, str]

    def differences(self, other: Sums) -> list[str]:
        """Return the tables, books and files that are not the same in both, by name."""
        return [
            *_different("table", self.tables, other.tables),
            *_different("books of", self.books, other.books),
            *_different("media file", self.media, other.media),
        ]

    def lines(self) -> list[str]:
        """Return the books, for people."""
        books = [
            f"{name:<14} {count:>9}  {total:>14}" for name, (count, total) in self.books.items()
        ]
        rows = sum(int(count) for count, _ in self.tables.values())
        tables = f"{'all tables':<14} {rows:>9}  {len(self.tables):>7} tables"
        return [*books, tables, f"{'media files':<14} {len(self.media):>9}"]


def _different(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterable[str]:
    names = sorted(one.keys() | other.keys())
    return [f"{kind} {name}" for name in names if one.get(name) != other.get(name)]


def database_sums(connection: psycopg.Connection[Row]) -> Sums:
    """Return the figures of the database as this connection's transaction sees it."""
    for statement in _SAME_TEXT:
        connection.execute(statement)
    names = [str(name) for (name,) in connection.execute(_TABLES).fetchall()]
    tables = {
        name: _figures(connection, sql.SQL(_TABLE).format(sql.Identifier(name))) for name in names
    }
    books = {name: _figures(connection, sql.SQL(query)) for name, query in _BOOKS.items()}
    return Sums(tables, books, {})


def _figures(connection: psycopg.Connection[Row], query: sql.SQL | sql.Composed) -> list[str]:
    return [str(figure) for figure in connection.execute(query).fetchone() or ()]


def media_sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below the folder, by its path in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): _file_sum(path) for path in files}


def _file_sum(path: Path) -> str:
    with path.open("rb") as file:
        return content_sum(file)


def content_sum(file: IO[bytes]) -> str:
    """Return the SHA-256 of what is left to read of an open file."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
