"""Ten thousand e-mails through a real worker to a mail server that takes everything."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from local_services import schema
from local_services.processes import end_process, free_port, wait_until
from tests.bench import memory
from tests.bench.shop import Shop

_PATIENCE_SECONDS = 1200
_WARM = 0.5  # of all e-mails, after which the worker has loaded what it needs
_STEADY_MB = 5  # a leak of 1 KB an e-mail would show as 10 MB among 20,000
_SINK = """
import sys, threading
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
threading.Event().wait()
"""


@dataclass(frozen=True)
class Drained:
    """E-mails per second, and the worker's memory in MB (RSS) when warm and at the end."""

    count: int
    per_second: float
    warm_mb: float
    end_mb: float

    @property
    def grows(self) -> bool:
        """Say whether the worker holds more at the end than a warm one's ups and downs explain."""
        return self.end_mb - self.warm_mb > _STEADY_MB


def drain(shop: Shop, count: int) -> Drained:
    """Queue `count` confirmations of a paid order and wait until all were sent."""
    port = free_port()
    shop.inside("queue_emails", str(count))
    with _running([sys.executable, "-c", _SINK, str(port)], shop, port), _worker(shop, port) as pid:
        _wait(shop, count - 1)  # the worker has started
        begun = time.perf_counter()
        _wait(shop, count * (1 - _WARM))
        warm_mb = memory.resident_mb(pid)
        _wait(shop, 0)
        seconds = time.perf_counter() - begun
        return Drained(count, count / seconds, warm_mb, memory.resident_mb(pid))


def _wait(shop: Shop, left: float) -> None:
    if not wait_until(lambda: _unsent(shop) <= left, _PATIENCE_SECONDS):
        raise SystemExit(f"bench: {_unsent(shop)} e-mails were not sent in time.")


def _unsent(shop: Shop) -> int:
    time.sleep(0.5)  # asking is not what is measured
    query = "SELECT count(*) FROM order_emails_outgoingemail WHERE state <> 'sent'"
    with psycopg.connect(shop.database_url) as connection:
        (count,) = connection.execute(query).fetchone() or (0,)
    return int(count)


@contextmanager
def _worker(shop: Shop, port: int) -> Iterator[int]:
    celery = str(Path(sys.executable).parent / "celery")
    options = ("--concurrency", "1", "--loglevel", "ERROR", "--without-gossip", "--without-mingle")
    with _running([celery, "-A", "saleor_config", "worker", *options], shop, port) as pid:
        yield pid


@contextmanager
def _running(command: list[str], shop: Shop, port: int) -> Iterator[int]:
    environment = shop.environment() | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    process = subprocess.Popen(command, cwd=schema.ROOT, env=environment, start_new_session=True)
    shop.guard.watch(process.pid)
    try:
        yield process.pid
    finally:
        end_process(process, signal.SIGTERM)
        shop.guard.forget(process.pid)
