"""Bring a used test database back to how it was; a new copy of it takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property

import dj_database_url
import psycopg
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

# Tables, sequences and triggers by number: a test that made or dropped one changed the schema.
_SCHEMA = """
    SELECT md5(
        (SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace)
        || (SELECT string_agg(oid || tgenabled, ',' ORDER BY oid) FROM pg_trigger)
        || (SELECT string_agg(oid || xmin::text, ',' ORDER BY oid) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace)
    )
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Snapshot:
    """What a database holds now: its rows, the state of its sequences, a mark of its schema."""

    def __init__(self, url: str) -> None:
        self._url = url
        with closing(psycopg.connect(url)) as connection, connection:
            self._schema = _schema(connection)
            self._tables = [name for (name,) in connection.execute(_TABLES)]
            self._rows = {name: _rows(connection, name) for name in self._filled(connection)}
            self._sequences = dict(connection.execute(_SEQUENCES).fetchall())

    def restore(self) -> bool:
        """End all connections and undo every change; False if only a new copy can do that.

        That is so where the schema was changed, or the user may not switch triggers off (those
        of foreign keys, and those that guard the stock ledger).
        """
        with closing(psycopg.connect(self._url)) as connection, connection:
            connection.execute(_END_OTHERS)
            if _schema(connection) != self._schema:
                return False
            try:
                connection.execute("SET session_replication_role = replica")
            except psycopg.errors.InsufficientPrivilege:
                return False
            self._restore_rows(connection)
            self._restore_sequences(connection)
        return True

    def _restore_rows(self, connection: psycopg.Connection) -> None:
        for name in self._filled(connection) | self._rows.keys():
            before = self._rows.get(name)
            if before is None or _rows(connection, name) != before:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                _fill(connection, name, before or b"")

    def _restore_sequences(self, connection: psycopg.Connection) -> None:
        for name, value in connection.execute(_SEQUENCES).fetchall():
            before = self._sequences[name]
            if value != before:
                state = (sql.Identifier(name).as_string(), before or 1, before is not None)
                connection.execute("SELECT setval(%s::regclass, %s, %s)", state)

    def _filled(self, connection: psycopg.Connection) -> set[str]:
        """Return the names of the tables that hold rows."""
        each = sql.SQL("(SELECT {} WHERE EXISTS (SELECT FROM {}))")
        parts = [each.format(sql.Literal(name), sql.Identifier(name)) for name in self._tables]
        return {name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(parts))}


def _schema(connection: psycopg.Connection) -> str:
    ((mark,),) = connection.execute(_SCHEMA).fetchall()
    return str(mark)


def _rows(connection: psycopg.Connection, name: str) -> bytes:
    copying = sql.SQL("COPY (SELECT * FROM {} ORDER BY 1) TO STDOUT").format(sql.Identifier(name))
    with connection.cursor().copy(copying) as rows:
        return b"".join(rows)


def _fill(connection: psycopg.Connection, name: str, data: bytes) -> None:
    copying = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
    with connection.cursor().copy(copying) as rows:
        rows.write(data)


class StockedDatabase:
    """A second database for Django's default alias, with the real catalogue in it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.connection: BaseDatabaseWrapper = connections.create_connection("default")
        self.connection.settings_dict = self.connection.settings_dict | _settings(url)

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Make it the default database of this thread; roll back what was changed."""
        usual, connections["default"] = connections["default"], self.connection
        test = transaction.atomic()
        test._from_testcase = True  # as Django's TestCase does: durable blocks may begin in it
        try:
            with test:
                yield
                self.connection.check_constraints()
                transaction.set_rollback(True)
        finally:
            connections["default"] = usual

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Make it the default database of all threads; undo what they commit."""
        usual = dict(connections.settings["default"])
        snapshot = self._snapshot
        connections["default"].close()
        use(self._url)
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"].settings_dict.update(usual)
            self.connection.close()
            if not snapshot.restore():
                raise RuntimeError("The test changed the schema, or may not switch triggers off.")

    @cached_property
    def _snapshot(self) -> Snapshot:
        return Snapshot(self._url)


def use(url: str) -> None:
    """Point Django's default database at the address."""
    connections["default"].settings_dict.update(_settings(url))


def _settings(url: str) -> dict[str, object]:
    parsed = dj_database_url.parse(url)
    return {key: parsed[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
