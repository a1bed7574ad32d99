"""One PostgreSQL for each test process, a copied database for it, and no outside network.

Set DATABASE_URL to use another server: its user must be allowed to create databases.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import dj_database_url
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase
from playwright.sync_api import expect

from local_services import temporary
from local_services.databases import Databases, OtherServer
from local_services.schema import ROOT
from tests.restoring import Snapshot

pytest_plugins = ["tests.running"]
SCHEMA_STORE = ROOT / "var" / "schema"
PATIENCE_MS = 20_000  # how long a browser test waits for a page; Playwright's own is 5 s

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Begin each test with an empty cache: nobody asked for anything too often yet."""
    cache.clear()


@pytest.fixture(scope="session")
def database_server() -> Iterator[Databases]:
    """The PostgreSQL of this test process: its own, or the one that DATABASE_URL names."""
    if os.environ.get("DATABASE_URL"):
        yield OtherServer(os.environ["DATABASE_URL"])
        return
    with temporary.temporary_server() as address:
        yield address


@pytest.fixture(scope="session")
def schema_template(database_server: Databases) -> Iterator[str]:
    """Name of a database with the schema and the rows of data migrations; only to be copied."""
    name = f"test_template_{os.getpid()}"
    with temporary.template(database_server, name, SCHEMA_STORE):
        yield name


@pytest.fixture(scope="session")
def django_db_setup(database_server: Databases, schema_template: str) -> Iterator[None]:
    """Give Django a copy of the template, in place of pytest-django's migrations (40 s).

    A transactional test ends with that copy as it was. Django would empty the tables instead,
    and take away what Saleor's data migrations put there: the site, permission groups, settings.
    """
    name = f"test_{os.getpid()}"
    url = database_server.url(name)
    temporary.copy(database_server, schema_template, name)
    snapshot = Snapshot(url)

    def start_afresh(*_: object) -> None:
        nonlocal snapshot
        connections["default"].close()
        if not snapshot.restore():
            temporary.copy(database_server, schema_template, name)
            snapshot = Snapshot(url)

    _use(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", start_afresh)
        yield
    connections["default"].close()
    temporary.drop(database_server, name)


def _use(url: str) -> None:
    """Point Django's default database at the address."""
    parsed = dj_database_url.parse(url)
    same = {key: parsed[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    connections["default"].settings_dict.update(same)
