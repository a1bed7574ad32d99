"""The shop under load: PostgreSQL that writes through to disk, Valkey, two web workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import redis

from local_services import commands, postgres, schema, valkey
from local_services.data_folder import DataFolder
from local_services.postgres import run_sql
from local_services.processes import Watchdog, end_process, free_port, wait_until

WEB_WORKERS = 2
WEB_THREADS = 2
_PLENTY = 100_000_000  # pieces of each variant, so that no load run sells out
_DATABASE = "bench"


@dataclass
class Shop:
    """The running servers, and the web server that can be started anew."""

    database_url: str
    redis_url: str
    folder: Path
    guard: Watchdog
    pids: dict[str, int] = field(default_factory=dict)
    port: int = 0
    _web: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Address of the web server."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, settings: str = "tests.bench.settings") -> dict[str, str]:
        """Return the environment of the shop's processes."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "VAR_DIR": str(self.folder),
            "WEB_THREADS": str(WEB_THREADS),
            "GRANIAN_LOG_LEVEL": "warning",
            "PYTHONUNBUFFERED": "1",
        }

    def restart_web(self, settings: str = "tests.bench.settings") -> None:
        """Start the web workers afresh and empty the cache: nothing is remembered."""
        self.stop_web()
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()
        self.port = free_port()
        self._web = subprocess.Popen(
            commands.web_words(self.port, workers=WEB_WORKERS),
            cwd=schema.ROOT,
            env=self.environment(settings),
            start_new_session=True,
        )
        self.guard.watch(self._web.pid)
        self.pids["web"] = self._web.pid
        if not wait_until(self._answers, 60):
            raise SystemExit("bench: the web server did not start.")

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except URLError:
            return False

    def stop_web(self) -> None:
        """End the web workers."""
        if self._web:
            end_process(self._web, signal.SIGTERM)
            self.guard.forget(self._web.pid)
            self._web = None

    def manage(self, *words: str) -> None:
        """Run one of manage.py's commands."""
        self._run("manage.py", *words)

    def register_for_vat(self) -> None:
        """Give the shop the example number that `make run` has, so that its orders have VAT."""
        place = "saleor_config.management.commands.prepare_shop"
        self.manage("shell", "--command", f"import {place} as demo; demo.register_demo_shop()")

    def module(self, *words: str) -> str:
        """Run a module in a process of its own and return what it printed."""
        return self._run("-m", *words)

    def inside(self, *words: str) -> Any:
        """Run `tests.bench.inside` and return what it measured."""
        return json.loads(self.module("tests.bench.inside", *words).splitlines()[-1])

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=schema.ROOT,
            env=self.environment(),
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"bench: {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def sell_without_end(self) -> None:
        """Give every variant more pieces than a load run can sell."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute("UPDATE warehouse_stock SET quantity = %s", [_PLENTY])


@contextmanager
def running_shop() -> Iterator[Shop]:
    """Start the shop with its catalogue in a folder that is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stillwater-bench-")))
        guard = Watchdog()
        stack.callback(guard.release)
        guard.remove(folder)
        shop = _start_servers(folder, guard, stack)
        shop.manage("load_catalogue")
        shop.manage("collectstatic", "--no-input", "--verbosity=0")
        shop.sell_without_end()
        stack.callback(shop.stop_web)
        shop.restart_web()
        yield shop


def _start_servers(folder: Path, guard: Watchdog, stack: ExitStack) -> Shop:
    places = DataFolder(folder)
    database = _start_postgres(folder, places, guard, stack)
    cache = valkey.start(places.folder("valkey"), "bench", log=places.log("valkey"))
    guard.watch(cache.process.pid)
    stack.callback(end_process, cache.process, signal.SIGTERM)
    shop = Shop(database.address.url(_DATABASE), cache.url, folder, guard)
    shop.pids |= {"PostgreSQL": database.process.pid, "Valkey": cache.process.pid}
    return shop


def _start_postgres(
    folder: Path, places: DataFolder, guard: Watchdog, stack: ExitStack
) -> postgres.Server:
    data, password = folder / "postgres", places.secret("postgres")
    postgres.prepare(data, password)
    # PostgreSQL's own defaults but for jit: every commit waits for the disk, as in production.
    server = postgres.start(data, password, log=places.log("postgres"), options={"jit": "off"})
    guard.watch(server.process.pid, signal.SIGINT)
    stack.callback(end_process, server.process, signal.SIGINT)
    run_sql(server.address, "CREATE DATABASE {}", _DATABASE)
    schema.fill(server.address.url(_DATABASE), schema.ROOT / "var" / "schema")
    return server
