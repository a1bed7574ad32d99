"""A PostgreSQL that lives as long as one program run, with the schema ready to be copied."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_services import postgres, schema
from local_services.databases import Address, Databases, run_sql
from local_services.processes import Watchdog

# Its statistics would come at any moment: just after a test, whose rows are gone, they say that all
# tables are empty, and the next test's joins take minutes. Whoever loads much runs ANALYZE.
_OPTIONS = postgres.NOT_DURABLE | {"autovacuum": "off"}


@contextmanager
def temporary_server() -> Iterator[Address]:
    """Start a server of our own, gone without trace afterwards, even after kill -9."""
    watchdog = Watchdog()
    with tempfile.TemporaryDirectory(prefix="stillwater-") as folder:
        watchdog.remove(Path(folder))
        Path(folder).chmod(0o711)  # PostgreSQL may run as another user, and its data is its own
        server = _start(Path(folder), watchdog)
        try:
            yield server.address
        finally:
            postgres.stop(server)
            watchdog.forget(server.process.pid)
            watchdog.release()


def _start(folder: Path, watchdog: Watchdog) -> postgres.Server:
    data, password = folder / "data", postgres.new_password()
    postgres.prepare(data, password)
    log = folder / "postgres.log"
    return postgres.start(data, password, log=log, options=_OPTIONS, watchdog=watchdog)


@contextmanager
def temporary_database(address: Databases, name: str) -> Iterator[None]:
    """Make an empty database and drop it at the end, with whoever still uses it."""
    run_sql(address, "CREATE DATABASE {}", name)
    try:
        yield
    finally:
        drop(address, name)


@contextmanager
def template(address: Databases, name: str, store: Path) -> Iterator[None]:
    """Make a database with the schema of the installed apps, for `copy`."""
    with temporary_database(address, name):
        schema.fill(address.url(name), store)
        yield


def copy(address: Databases, source: str, name: str) -> None:
    """Make the database `name` anew as a copy of another, ending its connections if any."""
    drop(address, name)
    run_sql(address, "CREATE DATABASE {} TEMPLATE {}", name, source)


def drop(address: Databases, name: str) -> None:
    """Drop the database if it exists, ending the connections of whoever still uses it."""
    run_sql(address, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
