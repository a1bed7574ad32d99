"""A whole shop in a process of its own: Playwright's loop and Django's ORM never meet."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from local_services.commands import web_words
from local_services.processes import free_port
from local_services.schema import ROOT

START_SECONDS = 120  # far more than it takes; a busy CI machine has two cores


@dataclass(frozen=True)
class LiveShop:
    """A running shop: its address, its database and the folder that its mail goes to."""

    url: str
    database_url: str
    mail: Path


@contextmanager
def serve(database_url: str, folder: Path) -> Iterator[LiveShop]:
    """Serve the shop of this database until the block ends."""
    port = free_port()
    shop = LiveShop(f"http://127.0.0.1:{port}", database_url, folder / "mail")
    command = web_words(port, workers=1)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment(shop), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(server, shop, folder / "server.log")
            yield shop
        finally:
            server.terminate()
            server.wait(timeout=60)


def manage(shop: LiveShop, *arguments: str) -> None:
    """Run a command of manage.py on the shop's database."""
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment(shop), check=True, capture_output=True)


def load_catalogue_into(database_url: str) -> None:
    """Load the real catalogue into the database with the schema."""
    manage(LiveShop("http://127.0.0.1", database_url, Path("/nonexistent")), "load_catalogue")


def environment(shop: LiveShop) -> dict[str, str]:
    """Return the environment of processes that belong to the shop."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "DATABASE_URL": shop.database_url,
        "PUBLIC_URL": shop.url,
        "MAIL_FOLDER": str(shop.mail),
        "SECRET_KEY": "only-for-tests-of-the-browser",
        "WEB_THREADS": "4",
    }


def _wait_for(server: subprocess.Popen[bytes], shop: LiveShop, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(shop):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the shop did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.1)  # waiting for a process, not measuring anything


def _answers(shop: LiveShop) -> bool:
    try:
        return requests.get(f"{shop.url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False
