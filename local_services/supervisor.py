"""`make run`: prepares the shop, runs its processes with honcho, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from http.client import HTTPException
from multiprocessing import Queue
from typing import Any, NoReturn, Self
from urllib.error import URLError
from urllib.request import urlopen

from honcho.manager import Manager
from honcho.printer import Message, Printer

from local_services import commands, postgres, schema, shop_database, valkey
from local_services.commands import InboxPorts, choose_inbox_ports
from local_services.data_folder import DataFolder, locked
from local_services.messages import CannotRunError, say, welcome
from local_services.postgres import Address
from local_services.processes import LOOPBACK, Watchdog, end_process, is_free
from local_services.schema import ROOT
from saleor_config.settings.env import read

_PAUSE = 0.5


class HealthMonitor:
    """A thread that looks twice a second until it is told to stop."""

    def __init__(self, servers: Servers, port: int, on_open: Callable[[], None]) -> None:
        self.reason = ""  # why it ended the shop, if it did
        self._servers, self._port, self._on_open = servers, port, on_open
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._parent = os.getppid()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        is_open = False
        while not self._stopped.wait(_PAUSE):
            if reason := self._reason_to_end():
                self.reason = reason
                os.kill(os.getpid(), signal.SIGTERM)
                return
            if not is_open and _answers(self._port):
                is_open = True
                self._on_open()

    def _reason_to_end(self) -> str:
        if name := self._servers.ended():
            return f"{name} has ended; its last words are in var/log/."
        # kill -9 of make leaves us without a parent. Started by hand, we may outlive a shell.
        if "MAKELEVEL" in os.environ and os.getppid() != self._parent:
            return "make has ended."
        return ""


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=5) as response:
            return bool(response.status == HTTPStatus.OK)
    except (HTTPException, URLError, OSError):
        return False


_LAST_LINES = 10
_TOLD_TO_END = (130, 143)  # honcho's return codes for SIGINT and SIGTERM


class Output(Printer):
    """honcho's printer, without its own remarks on processes that start and stop."""

    def write(self, message: Message) -> None:
        """Print a line of one of the processes."""
        if message.name != "system":
            super().write(message)


class Events:
    """honcho's queue of events, which lets us see each event that the manager takes."""

    def __init__(self, queue: Queue[Message], look: Callable[[Message], None]) -> None:
        self._queue, self._look = queue, look

    def get(self, timeout: float) -> Message:
        """Return the next event; raises queue.Empty after `timeout` seconds."""
        message = self._queue.get(timeout=timeout)
        self._look(message)
        return message

    def __reduce__(self) -> Any:
        """Give the processes the queue itself: they only put."""
        return _itself, (self._queue,)

    def put(self, message: Message) -> None:
        """Put an event, from a forked process."""
        self._queue.put(message)


def _itself(queue: Queue[Message]) -> Queue[Message]:
    return queue


class ShopProcesses:
    """The shop's processes. Each is in the watchdog's care while it runs."""

    def __init__(self, watchdog: Watchdog, environment: dict[str, str]) -> None:
        self._watchdog, self._environment = watchdog, environment
        self._pids: dict[str, int] = {}
        self._last_lines: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_LAST_LINES))
        self._ended: list[str] = []
        self._manager = Manager(Output(sys.stdout))
        self._manager.events = Events(self._manager.events, self._look)

    def add(self, name: str, command: str) -> None:
        """Add a process to be started by `run`."""
        self._manager.add_process(name, command, env=self._environment, cwd=str(ROOT))

    def run(self) -> None:
        """Start all and return when all have ended: the end of one ends the others."""
        self._manager.loop()

    @property
    def failed(self) -> str | None:
        """Name of the process that ended by itself, unless we were told to end."""
        return None if self._manager.returncode in _TOLD_TO_END else self._ended[0]

    def last_lines(self, name: str) -> str:
        """Return the last lines that a process has printed."""
        return "".join(self._last_lines[name])

    def _look(self, message: Message) -> None:
        if message.type == "start":
            self._pids[message.name] = message.data["pid"]
            self._watchdog.watch(message.data["pid"])
        elif message.type == "stop":
            self._watchdog.forget(self._pids[message.name])
            self._ended.append(message.name)
        else:
            self._last_lines[message.name].append(os.fsdecode(message.data))


def run(places: DataFolder, *, development: bool = False) -> None:
    """Run the shop until Ctrl-C, SIGTERM or SIGHUP. Raises CannotRunError."""
    port = read("PORT")
    if not is_free(port):
        raise CannotRunError(f"Port {port} is taken. Choose another: PORT={port + 1} make run")
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    watchdog = Watchdog()
    try:
        with running_servers(places, watchdog) as running:
            Supervisor(places, watchdog, running, port, development=development).run()
    finally:
        watchdog.release()


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


class Supervisor:
    """One run of the shop, on servers that are up."""

    def __init__(
        self,
        places: DataFolder,
        watchdog: Watchdog,
        running: Servers,
        port: int,
        *,
        development: bool = False,
    ) -> None:
        self._development = development
        self._places, self._watchdog, self._servers, self._port = places, watchdog, running, port
        self._inbox: InboxPorts | None = None if read("EMAIL_URL") else choose_inbox_ports(port)
        self._sandbox = commands.choose_sandbox(places, port)
        self._started = time.monotonic()

    def run(self) -> None:
        """Prepare the database, then serve until told to end. Raises CannotRunError."""
        self._places.secret("staff-password")
        commands.save_addresses(self._places, self._variables)
        with self._static_files():
            self._prepare()
        say("Starting the shop …")
        shop = self._shop()
        with HealthMonitor(self._servers, self._port, self._tell_open) as watch:
            shop.run()
        if watch.reason:
            raise CannotRunError(watch.reason)
        if name := shop.failed:
            lines = shop.last_lines(name)
            raise CannotRunError(
                f"{name} ended, so everything was stopped. Its last lines:\n{lines}"
            )

    @cached_property
    def _variables(self) -> dict[str, str]:
        variables = {
            "DATABASE_URL": self._servers.database_url,
            "REDIS_URL": self._servers.redis_url,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self._places.secret("secret-key"),
            "VAR_DIR": str(self._places.root),
            "PORT": str(self._port),  # commands from other terminals write links to the shop
            "PROMETHEUS_MULTIPROC_DIR": str(self._places.emptied_folder("metrics")),
        }
        if self._inbox:
            variables["EMAIL_URL"] = f"smtp://{LOOPBACK}:{self._inbox.smtp}"
        if self._sandbox:
            variables |= self._sandbox.variables
        return variables

    @property
    def _environment(self) -> dict[str, str]:
        return commands.environment(**self._variables)

    @contextmanager
    def _static_files(self) -> Iterator[None]:
        """Make the static files, unless they are there, while the block runs."""
        environment = commands.environment(settings="run", **self._variables)
        with ThreadPoolExecutor(1) as thread:
            made = None if self._development else thread.submit(_collect, environment)
            yield
            if made:
                made.result()

    def _prepare(self) -> None:
        if server := self._servers.own_database:
            shop_database.bring_up_to_date(server, self._places)
            shop_database.once(server, "contents", shop_database.contents_hash(), self._fill)
        else:
            say("Updating the database that DATABASE_URL names …")
            schema.migrate(self._servers.database_url)
            self._fill()

    def _fill(self) -> None:
        say("Loading the catalogue …")
        shop_database.load_contents(self._environment, self._places.secret_file("staff-password"))

    def _shop(self) -> ShopProcesses:
        if self._development:
            environment = commands.environment(settings="dev", **self._variables)
            web, worker = commands.web_reloading(self._port), commands.worker_reloading()
        else:
            environment = commands.environment(settings="run", **self._variables)
            web, worker = commands.web(self._port), commands.worker()
        shop = ShopProcesses(self._watchdog, environment)
        shop.add("web", web)
        shop.add("worker", worker)
        shop.add("beat", commands.beat(self._places.folder("beat")))
        if self._inbox:
            shop.add("inbox", commands.inbox(self._places.folder("inbox"), self._inbox))
        if self._sandbox:
            shop.add(
                "stripe_sandbox",
                commands.stripe_sandbox(
                    self._places.folder("stripe_sandbox"), self._sandbox, self._port
                ),
            )
        return shop

    def _tell_open(self) -> None:
        say(f"Open after {time.monotonic() - self._started:.1f} s.")
        say(
            welcome(
                shop=f"http://{LOOPBACK}:{self._port}",
                inbox=f"http://{LOOPBACK}:{self._inbox.web}" if self._inbox else "",
                stripe_sandbox=self._sandbox.address if self._sandbox else "",
                email=shop_database.STAFF_EMAIL,
                password=self._places.secret("staff-password"),
            )
        )


_STATIC = ROOT / "staticfiles"  # of the code, not of one shop's data


def _collect(environment: dict[str, str]) -> None:
    """Bring the static files up to date. Raises CannotRunError."""
    wanted, note = shop_database.hash_of(commands.STATIC_SOURCES), _STATIC / "made_of"
    with locked(_STATIC / "lock"):
        if note.exists() and note.read_text() == wanted:
            return
        done = subprocess.run(
            commands.collect_static(), cwd=ROOT, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise CannotRunError(f"The static files could not be made:\n{done.stderr}")
        note.write_text(wanted)


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
def running_servers(places: DataFolder, watchdog: Watchdog) -> Iterator[Servers]:
    """Start what the environment does not name, and stop it at the end, the last first."""
    servers = Servers(read("DATABASE_URL"), read("REDIS_URL"))
    with ExitStack() as stack:
        if not servers.database_url:
            process = _start_postgres(servers, places, watchdog)
            stack.callback(_end_server, watchdog, process, signal.SIGINT)
        if not servers.redis_url:
            process = _start_valkey(servers, places, watchdog)
            stack.callback(_end_server, watchdog, process, signal.SIGTERM)
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


def _end_server(
    watchdog: Watchdog, process: subprocess.Popen[bytes], ask_with: signal.Signals
) -> None:
    end_process(process, ask_with)
    watchdog.forget(process.pid)
