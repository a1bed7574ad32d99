"""Chromium and a running shop.

`live_shop` holds the real catalogue and is shared by all tests: only for looking at pages.
`restored_shop` is the same one, for a test that buys, signs in or changes something.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page

from local_services import schema
from local_services.postgres import Databases
from tests.browser.server import LiveShop, serve
from tests.browsing import CHROMIUM, chromium
from tests.restoring import Snapshot

DATABASE = f"test_shop_{os.getpid()}"  # of `live_shop`

NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder, and skip it where there is no Chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium: run `make browser`"))


@pytest.fixture(scope="session")
def live_shop(
    database_server: Databases, stocked_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveShop]:
    """A shop to look at."""
    schema.copy(database_server, stocked_template, DATABASE)
    try:
        with serve(database_server.url(DATABASE), tmp_path_factory.mktemp("shop")) as shop:
            yield shop
    finally:
        schema.drop(database_server, DATABASE)


@pytest.fixture(scope="session")
def _untouched(live_shop: LiveShop) -> Snapshot:
    return Snapshot(live_shop.database_url)


@pytest.fixture
def restored_shop(
    live_shop: LiveShop, _untouched: Snapshot, database_server: Databases, stocked_template: str
) -> Iterator[LiveShop]:
    """The same shop, to buy from: its database is brought back to how it was."""
    yield live_shop
    if not _untouched.restore():
        schema.copy(database_server, stocked_template, DATABASE)


@pytest.fixture(scope="session")
def first_answer(live_shop: LiveShop) -> Callable[[str], requests.Response]:
    """Return what a path of `live_shop` answers to a new visitor; each is asked for once."""

    @cache
    def ask(path: str) -> requests.Response:
        return requests.get(f"{live_shop.url}{path}", timeout=60)

    return ask


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Chromium, for the tests of a file; the whole one where the file says WHOLE_CHROMIUM."""
    with chromium(whole=getattr(request.module, "WHOLE_CHROMIUM", False)) as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser, live_shop: LiveShop) -> Iterator[NewPage]:
    """Open pages of `live_shop`, each as a new visitor; takes Playwright's context options."""
    opened: list[BrowserContext] = []

    def open_page(**options: object) -> Page:
        settings = {"base_url": live_shop.url, "viewport": {"width": 1280, "height": 900}}
        context = browser.new_context(**{**settings, **options})
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One visitor at `live_shop` with a wide screen."""
    return new_page()
