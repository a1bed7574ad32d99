"""Chromium for tests: one program for all tests of a process, and a visitor of its own for each.

Two builds of it, both Debian's: the whole one, and its headless shell, which draws no windows and
takes a third of the CPU for each visitor. The shell keeps no history, and loads lazy pictures at
other moments: tests of those, and of a first view's weight, ask for the whole one.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playwright.sync_api import Browser, sync_playwright

from local_services.processes import Watchdog

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HEADLESS_SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
QUIET = [  # no calls home: they would fail here, many at a time
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@contextmanager
def chromium(*, whole: bool = False) -> Iterator[Browser]:
    """Yield Chromium, which starts at the first use; what is opened in it is closed at the end.

    Not for longer than a file of tests: as long as it is used, Playwright keeps an event loop in
    this thread, and Django refuses the database.
    """
    address = _address(CHROMIUM if whole else HEADLESS_SHELL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect(address)
        try:
            yield browser
        finally:
            browser.close()


@cache
def _address(program: str) -> str:
    """Start this program, to be ended with this process, and return where it takes commands."""
    command = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium"]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as options:
        json.dump({"executablePath": program, "args": QUIET, "host": "127.0.0.1"}, options)
        options.flush()
        server = subprocess.Popen(
            [*command, "--config", options.name],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        watchdog = Watchdog()
        watchdog.watch(server.pid)
        atexit.register(_end, server, watchdog)
        return str(server.stdout.readline()).strip()  # it says so once it is there


def _end(server: subprocess.Popen[str], watchdog: Watchdog) -> None:
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()
    watchdog.forget(server.pid)
    watchdog.release()
