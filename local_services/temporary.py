"""A PostgreSQL that lives as long as one program run, with the schema ready to be copied."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local_services import postgres, schema
from local_services.data_folder import locked
from local_services.databases import Address, Databases, run_sql
from local_services.processes import Watchdog

# Its statistics would come at any moment: just after a test, whose rows are gone, they say that all
# tables are empty, and the next test's joins take minutes. Whoever loads much runs ANALYZE.
_OPTIONS = postgres.NOT_DURABLE | {"autovacuum": "off"}
_BESIDE = "password.txt"  # the file beside the data of a kept cluster


Prepare = Callable[[Path], str]  # makes a cluster in this new folder, returns its password


def new_cluster(data: Path) -> str:
    """Make an empty cluster."""
    password = postgres.new_password()
    postgres.prepare(data, password)
    return password


@contextmanager
def temporary_server(prepare: Prepare = new_cluster) -> Iterator[Address]:
    """Start a server of our own, gone without trace afterwards, even after kill -9."""
    watchdog = Watchdog()
    with tempfile.TemporaryDirectory(prefix="stillwater-") as folder:
        watchdog.remove(Path(folder))
        Path(folder).chmod(0o711)  # PostgreSQL may run as another user, and its data is its own
        try:
            with _serving(Path(folder), prepare, watchdog) as address:
                yield address
        finally:
            watchdog.release()


@contextmanager
def _serving(folder: Path, prepare: Prepare, watchdog: Watchdog) -> Iterator[Address]:
    data, log = folder / "data", folder / "postgres.log"
    server = postgres.start(data, prepare(data), log=log, options=_OPTIONS, watchdog=watchdog)
    try:
        yield server.address
    finally:
        postgres.stop(server)
        watchdog.forget(server.process.pid)


def kept_cluster(store: Path, key: str, fill: Callable[[Address], None]) -> Prepare:
    """Return what copies the cluster that the store keeps under this key.

    `fill` fills it the first time. The store keeps one: another key takes its place.
    """

    def copy_kept(data: Path) -> str:
        with locked(store / "lock"):  # nobody may replace it while it is copied
            kept = store / key
            if not kept.exists():
                _keep(kept, fill)
            # cp keeps the owner, who is not root, and copies by reference where the disk can.
            subprocess.run(["cp", "-a", str(kept / "data"), str(data)], check=True)
            return (kept / _BESIDE).read_text()

    return copy_kept


def _keep(kept: Path, fill: Callable[[Address], None]) -> None:
    for old in kept.parent.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    unfinished = kept.with_name("unfinished")  # so that a kill -9 leaves no half of it
    unfinished.mkdir()
    watchdog, password = Watchdog(), new_cluster(unfinished / "data")
    try:
        with _serving(unfinished, lambda _: password, watchdog) as address:
            fill(address)
    finally:
        watchdog.release()
    secret = unfinished / _BESIDE
    secret.touch(mode=0o600)
    secret.write_text(password)
    unfinished.rename(kept)


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
