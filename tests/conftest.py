"""One PostgreSQL for each test process, a copied database for it, and no outside network.

Set DATABASE_URL to use another server: its user must be allowed to create databases.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from django.core.cache import cache
from django.core.signals import setting_changed
from django.db import connections
from django.dispatch import receiver
from django.test import TransactionTestCase
from playwright.sync_api import expect
from pytest_django.plugin import DjangoDbBlocker

from local_services import schema, shop_database
from local_services.postgres import Databases, OtherServer, run_sql
from local_services.schema import ROOT
from product_content.shop_settings import CACHE_KEY
from storefront import page_cache
from tests.browser.server import load_catalogue_into
from tests.factories import FakeProvider
from tests.restoring import Snapshot, StockedDatabase, use
from tests.unit.storefront.shop import Shop, open_shop

pytest_plugins = ["tests.running"]
SCHEMA_STORE = ROOT / "var" / "schema"
CLUSTER_STORE = ROOT / "var" / "test_cluster"
TEMPLATE, STOCKED = "test_template", "test_stocked"
ROOM_IN_MEMORY = 6 << 30  # bytes: several test processes share it, each with some databases
T = TypeVar("T")
LONG = ("slow", "browser")
PATIENCE_MS = 20_000  # how long a browser test waits for a page; Playwright's own is 5 s

expect.set_options(timeout=PATIENCE_MS)


class FillDatabase(Protocol):
    """Makes a database of this kind, fills it, and returns it with what `fill` returned."""

    def __call__(self, kind: str, fill: Callable[[], T]) -> tuple[StockedDatabase, T]: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the random tests be longer: `make test ARGS="--random-operations 1000"`, `make fuzz`."""
    parser.addoption("--random-operations", type=int, default=200, help="on the stock, 200")
    parser.addoption("--random-baskets", type=int, default=5, help="placed and paid, 5")
    parser.addoption("--contract-orders", type=int, default=12, help="compared with theirs, 12")
    parser.addoption("--fuzz-rounds", type=int, default=0, help="as each of nine people; 0: short")
    parser.addoption("--fuzz-seed", type=int, default=1, help="another one sends other values")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some tests wait for servers, browsers or workers."""
    return (os.cpu_count() or 1) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted or measured (`record_property("measured", …)`)."""
    properties = [
        each
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for each in report.user_properties
        if report.when == "call"
    ]
    for name, value in properties:
        if name == "measured":
            terminalreporter.write_line(f"measured: {value}")
    if requests := sum(value for name, value in properties if name == "requests"):
        terminalreporter.write_line(f"measured: {requests} hostile requests in all")


@pytest.hookimpl(trylast=True)  # once the marks of browser tests are set
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes: the last ones must not keep one core waiting."""
    long = {item.path for item in items for mark in LONG if item.get_closest_marker(mark)}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Never look for garbage among modules and tests."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    """Begin with an empty cache (nobody asked too often yet) and a provider without sessions."""
    cache.clear()
    page_cache.pages.cache_clear()
    cache.set(CACHE_KEY, {})  # nothing is set in the dashboard, and no test's first page asks
    FakeProvider.reset()


@receiver(setting_changed)
def _forget_pages(**_: object) -> None:
    """A live shop reads its settings once, so pages depend on none."""
    page_cache.pages.cache_clear()


@pytest.fixture(scope="session")
def database_server() -> Iterator[Databases]:
    """The PostgreSQL of this test process: its own, or the one that DATABASE_URL names.

    Its own is a copy of a stopped one that var/ keeps with the templates in it, until a migration
    or the catalogue changes.
    """
    if os.environ.get("DATABASE_URL"):
        yield OtherServer(os.environ["DATABASE_URL"])
        return
    key = f"{schema.key(schema.wanted_files())}-{shop_database.contents_hash()}"
    kept = schema.kept_cluster(CLUSTER_STORE, key, _make_templates)
    with schema.temporary_server(kept, beneath=_roomy_memory()) as address:
        yield address


def _roomy_memory() -> Path | None:
    """Return a folder in memory with room for our databases, or None: each is a thousand files.

    To copy that many took 2.3 s on the disk of a small virtual machine, and 0.2 s in memory.
    """
    memory = Path("/dev/shm")  # noqa: S108  only its room is looked at; the folder in it is random
    if memory.is_dir() and shutil.disk_usage(memory).free >= ROOM_IN_MEMORY:
        return memory
    return None


def _make_templates(server: Databases) -> None:
    run_sql(server, "CREATE DATABASE {}", TEMPLATE)
    schema.fill(server.url(TEMPLATE), SCHEMA_STORE)
    schema.copy(server, TEMPLATE, STOCKED)
    load_catalogue_into(server.url(STOCKED))


@pytest.fixture(scope="session")
def templates(database_server: Databases) -> Iterator[tuple[str, str]]:
    """Names of the databases with the schema, and with the real catalogue too; only to be copied."""
    if not isinstance(database_server, OtherServer):
        yield TEMPLATE, STOCKED
        return
    own, stocked = f"{TEMPLATE}_{os.getpid()}", f"{STOCKED}_{os.getpid()}"
    with schema.template(database_server, own, SCHEMA_STORE):
        schema.copy(database_server, own, stocked)
        load_catalogue_into(database_server.url(stocked))
        yield own, stocked
        schema.drop(database_server, stocked)


@pytest.fixture(scope="session")
def schema_template(templates: tuple[str, str]) -> str:
    """Name of a database with the schema and the rows of data migrations; only to be copied."""
    return templates[0]


@pytest.fixture(scope="session")
def stocked_template(templates: tuple[str, str]) -> str:
    """Name of a database with the real catalogue; only to be copied."""
    return templates[1]


@pytest.fixture(scope="session")
def django_db_setup(database_server: Databases, schema_template: str) -> Iterator[None]:
    """Give Django a copy of the template, in place of pytest-django's migrations (40 s).

    A transactional test ends with that copy as it was. Django would empty the tables instead,
    and take away what Saleor's data migrations put there: the site, permission groups, settings.
    """
    name = f"test_{os.getpid()}"
    url = database_server.url(name)
    schema.copy(database_server, schema_template, name)
    snapshot = Snapshot(url)

    def start_afresh(*_: object) -> None:
        nonlocal snapshot
        if not snapshot.restore(connections["default"]):
            connections["default"].close()
            schema.copy(database_server, schema_template, name)
            snapshot = Snapshot(url)

    use(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", start_afresh)
        # Django would open a new connection for each test, which knows no table yet.
        patch.setattr(TransactionTestCase, "_should_reload_connections", lambda _: False)
        yield
    connections["default"].close()
    schema.drop(database_server, name)


@pytest.fixture(scope="session")
def stocked_database(
    database_server: Databases, stocked_template: str, django_db_setup: None
) -> Iterator[StockedDatabase]:
    """A database with the real catalogue, which the tests of this process use in turn."""
    name = f"test_with_catalogue_{os.getpid()}"
    schema.copy(database_server, stocked_template, name)
    stocked = StockedDatabase(database_server.url(name))
    yield stocked
    stocked.connection.close()
    schema.drop(database_server, name)


@pytest.fixture(scope="session")
def filled_database(
    database_server: Databases,
    schema_template: str,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[FillDatabase]:
    """Make a database for many tests of this process, and return it with what `fill` returned."""
    with ExitStack() as stack:

        def make(kind: str, fill: Callable[[], T]) -> tuple[StockedDatabase, T]:
            name = f"test_{kind}_{os.getpid()}"
            schema.copy(database_server, schema_template, name)
            stack.callback(schema.drop, database_server, name)
            database = StockedDatabase(database_server.url(name))
            stack.callback(database.connection.close)
            with django_db_blocker.unblock(), database.filled():
                return database, fill()

        yield make


@pytest.fixture(scope="session")
def _small_shop(filled_database: FillDatabase) -> tuple[StockedDatabase, Shop]:
    return filled_database("small_shop", open_shop)


@pytest.fixture
def shop(db: None, _small_shop: tuple[StockedDatabase, Shop]) -> Iterator[Shop]:
    """A small shop with ten pieces of everything, alone in its database, as `catalogue` is.

    Ask for it before anything else that puts rows into the database.
    """
    database, made = _small_shop
    with database.used():
        yield deepcopy(made)


@pytest.fixture
def catalogue(db: None, stocked_database: StockedDatabase) -> Iterator[None]:
    """Give the test the database with the real catalogue; what it changes there is undone."""
    with stocked_database.used():
        yield
