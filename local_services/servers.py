"""The servers `make run` needs: each one ours, or the one that the environment names."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from local_services import postgres, shop_database, valkey
from local_services.data_folder import DataFolder
from local_services.databases import Address
from local_services.processes import Watchdog, end_process
from saleor_config.settings.env import read

# A power cut may lose the last half second of orders, not the database: fine on a laptop.
_DATABASE_OPTIONS = {"synchronous_commit": "off", "jit": "off"}


@dataclass
class Servers:
    """Where the shop's servers are, and those of them that we started."""

    database_url: str
    redis_url: str
    own_database: Address | None = None
    started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def ended(self) -> str | None:
        """Return the name of a server of ours that has ended, if one has."""
        names = (name for name, process in self.started.items() if process.poll() is not None)
        return next(names, None)


@contextmanager
def running(places: DataFolder, watchdog: Watchdog) -> Iterator[Servers]:
    """Start what the environment does not name, and stop it at the end, the last first."""
    servers = Servers(read("DATABASE_URL"), read("REDIS_URL"))
    with ExitStack() as stack:
        if not servers.database_url:
            process = _start_postgres(servers, places, watchdog)
            stack.callback(_end, watchdog, process, signal.SIGINT)
        if not servers.redis_url:
            process = _start_valkey(servers, places, watchdog)
            stack.callback(_end, watchdog, process, signal.SIGTERM)
        yield servers


def _start_postgres(
    servers: Servers, places: DataFolder, watchdog: Watchdog
) -> subprocess.Popen[bytes]:
    data, password = places.root / "postgres", places.secret("postgres")
    postgres.prepare(data, password)
    server = postgres.start(
        data, password, log=places.log("postgres"), options=_DATABASE_OPTIONS, watchdog=watchdog
    )
    servers.started["PostgreSQL"] = server.process
    servers.own_database = server.address
    servers.database_url = server.address.url(shop_database.NAME)
    return server.process


def _start_valkey(
    servers: Servers, places: DataFolder, watchdog: Watchdog
) -> subprocess.Popen[bytes]:
    data, password = places.folder("valkey"), places.secret("valkey")
    server = valkey.start(data, password, log=places.log("valkey"), watchdog=watchdog)
    servers.started["Valkey"] = server.process
    servers.redis_url = server.url
    return server.process


def _end(watchdog: Watchdog, process: subprocess.Popen[bytes], ask_with: signal.Signals) -> None:
    end_process(process, ask_with)
    watchdog.forget(process.pid)
