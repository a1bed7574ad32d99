"""Bring a used test database back to how it was; a new copy of it takes ten times as long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cached_property

import dj_database_url
import psycopg
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.pq import TransactionStatus

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
# How often rows of each table were written, also in transactions that were rolled back, and its
# file, which TRUNCATE changes. PostgreSQL adds up what a session wrote when it is told to flush or
# when the session ends.
_WRITES = """
    SELECT relname, relfilenode || ' ' || pg_stat_get_tuples_inserted(oid)
        + pg_stat_get_tuples_updated(oid) + pg_stat_get_tuples_deleted(oid)
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_FLUSH = "SELECT pg_stat_force_next_flush()"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
# Settings and locks of a session that a test left open.
_RESET_SESSION = "RESET ALL; SELECT pg_advisory_unlock_all()"
_END_OTHERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)
"""
_PAUSE_SECONDS = 0.001  # a session that was ended is gone after a few of these


class Snapshot:
    """What a database holds now: its rows, the state of its sequences, a mark of its schema."""

    def __init__(self, url: str) -> None:
        self._url = url
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            self._schema = _schema(connection)
            self._writes = _writes(connection)
            rows = {name: _rows(connection, name) for name in self._writes}
            self._rows = {name: data for name, data in rows.items() if data}
            self._sequences = dict(connection.execute(_SEQUENCES).fetchall())

    def restore(self, wrapper: BaseDatabaseWrapper | None = None) -> bool:
        """End all other connections and undo every change; False if only a new copy can do that.

        That is so where the schema was changed, or the user may not switch triggers off (those
        of foreign keys, and those that guard the stock ledger). It works on the connection of
        `wrapper`, and leaves that open, if nothing has begun on it.
        """
        connection = _idle(wrapper) if wrapper else None
        if wrapper and connection:
            connection.execute(_RESET_SESSION)
            wrapper.ensure_timezone()
            _kept.append(connection)
            return self._restore(connection)
        with closing(psycopg.connect(self._url, autocommit=True)) as connection:
            return self._restore(connection)

    def _restore(self, connection: psycopg.Connection) -> bool:
        _end_others(connection)
        connection.execute(_FLUSH)
        if _schema(connection) != self._schema:
            return False
        try:
            with connection.transaction():
                connection.execute("SET LOCAL session_replication_role = replica")
                self._restore_rows(connection)
                self._restore_sequences(connection)
        except psycopg.errors.InsufficientPrivilege:
            return False
        connection.execute(_FLUSH)
        self._writes = _writes(connection)
        return True

    def _restore_rows(self, connection: psycopg.Connection) -> None:
        for name, writes in _writes(connection).items():
            before = self._rows.get(name)
            if writes == self._writes[name] or (before and _rows(connection, name) == before):
                continue
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            if before:
                _fill(connection, name, before)

    def _restore_sequences(self, connection: psycopg.Connection) -> None:
        for name, value in connection.execute(_SEQUENCES).fetchall():
            before = self._sequences[name]
            if value != before:
                state = (sql.Identifier(name).as_string(), before or 1, before is not None)
                connection.execute("SELECT setval(%s::regclass, %s, %s)", state)


_kept: list[psycopg.Connection] = []  # Django's own, which stay open from test to test


def _idle(wrapper: BaseDatabaseWrapper) -> psycopg.Connection | None:
    """Return Django's connection if nothing has begun on it; close it otherwise."""
    connection: psycopg.Connection | None = wrapper.connection
    if (
        connection
        and not wrapper.in_atomic_block
        and wrapper.get_autocommit()
        and connection.info.transaction_status == TransactionStatus.IDLE
        and wrapper.is_usable()
    ):
        return connection
    wrapper.close()
    return None


def _end_others(connection: psycopg.Connection) -> None:
    """End the other sessions on this database, and wait until they are gone."""
    _kept[:] = {kept for kept in _kept if not kept.closed}
    ours = [kept.info.backend_pid for kept in _kept]
    while connection.execute(_END_OTHERS, [ours]).fetchall() != [(0,)]:
        time.sleep(_PAUSE_SECONDS)


def _schema(connection: psycopg.Connection) -> str:
    ((mark,),) = connection.execute(_SCHEMA).fetchall()
    return str(mark)


def _writes(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute(_WRITES).fetchall())


def _rows(connection: psycopg.Connection, name: str) -> bytes:
    copying = sql.SQL("COPY (SELECT * FROM {} ORDER BY 1) TO STDOUT").format(sql.Identifier(name))
    with connection.cursor().copy(copying) as rows:
        return b"".join(rows)


def _fill(connection: psycopg.Connection, name: str, data: bytes) -> None:
    copying = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
    with connection.cursor().copy(copying) as rows:
        rows.write(data)


class StockedDatabase:
    """Another database for Django's default alias, with goods in it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.connection: BaseDatabaseWrapper = connections.create_connection("default")
        self.connection.settings_dict = self.connection.settings_dict | _settings(url)

    def used(self) -> AbstractContextManager[None]:
        """Make it the default database of a test; undo what the test changes."""
        atomic = connections["default"].in_atomic_block
        return self._rolled_back() if atomic else self._restored()

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Make it the default database of this thread, to put something into it."""
        usual, connections["default"] = connections["default"], self.connection
        try:
            yield
        finally:
            connections["default"] = usual

    @contextmanager
    def _rolled_back(self) -> Iterator[None]:
        test = transaction.atomic()
        test._from_testcase = True  # as Django's TestCase does: durable blocks may begin in it
        with self.filled(), test:
            yield
            self.connection.check_constraints()
            transaction.set_rollback(True)

    @contextmanager
    def _restored(self) -> Iterator[None]:
        snapshot = self._snapshot
        for_all_threads = connections.settings["default"]
        usual = dict(for_all_threads)
        for_all_threads.update(_settings(self._url))
        try:
            with self.filled():
                yield
        finally:
            for_all_threads.update(usual)
            if not snapshot.restore(self.connection):
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
