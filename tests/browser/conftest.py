"""Chromium and a running shop.

`live_shop` holds the real catalogue and is shared by all tests: only for looking at pages.
`own_shop` is a fresh one for a single test that buys, signs in or changes something.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from local_services import temporary
from local_services.databases import Databases
from tests.browser.server import LiveShop, serve

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [  # no calls home: they would fail here, many at a time
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
_numbers = count(1)

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
    folder = tmp_path_factory.mktemp("shop")
    with _shop(database_server, stocked_template, folder) as shop:
        yield shop


@pytest.fixture
def own_shop(
    database_server: Databases, stocked_template: str, tmp_path: Path
) -> Iterator[LiveShop]:
    """A shop of the test's own, to buy from."""
    with _shop(database_server, stocked_template, tmp_path) as shop:
        yield shop


@contextmanager
def _shop(server: Databases, template: str, folder: Path) -> Iterator[LiveShop]:
    name = f"test_shop_{os.getpid()}_{next(_numbers)}"
    temporary.copy(server, template, name)
    try:
        with serve(server.url(name), folder) as shop:
            yield shop
    finally:
        temporary.drop(server, name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once for each file.

    Not for the session: while it runs, Playwright keeps an event loop in this thread, and Django
    refuses the database to every later test.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


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
