"""Processes of ours: find a program, wait for it, end it, leave none behind; and TCP ports."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from local_services import watchdog
from local_services.data_folder import BusyError, locked_now

_PAUSE = 0.05


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until the condition holds or the seconds are over; tell which."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


@cache
def program_in_package(package: str, pattern: str) -> str:
    """Return the path of the one program that matches inside the package.

    The package is found but not imported: importing may make folders and exit hooks. Raises
    LookupError when the program is not there, as on a platform the package was not built for.
    """
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in Path(folder).glob(pattern):
            return str(path)
    raise LookupError(f"The package {package} has no {pattern} for this machine.")


def end_process(
    process: subprocess.Popen[bytes],
    ask_with: signal.Signals = signal.SIGTERM,
    seconds: float = 10,
) -> None:
    """Ask the process to end, and kill it if it has not after these seconds."""
    if process.poll() is not None:
        return
    process.send_signal(ask_with)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Watchdog:
    """A running watchdog process. Lives as long as this process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # -I -S: no packages and no environment; it needs the standard library only.
            [sys.executable, "-I", "-S", str(Path(watchdog.__file__))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )

    @property
    def pid(self) -> int:
        """Process number of the watchdog."""
        return self._process.pid

    def watch(self, pid: int, ask_with: signal.Signals = signal.SIGTERM) -> None:
        """End this process group with this signal if we are gone."""
        self._tell(f"+{pid} {int(ask_with)}")

    def forget(self, pid: int) -> None:
        """The process has ended; its number may be another program's soon."""
        self._tell(f"-{pid}")

    def remove(self, folder: Path) -> None:
        """Delete this folder at the end."""
        self._tell(f"remove {folder}")

    def release(self) -> None:
        """End the watchdog, which first ends and deletes what it still knows of."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        if self._process.stdin:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()


LOOPBACK = "127.0.0.1"
# Below what Linux (32768) and macOS (49152) hand to outgoing connections, which come and go.
_RANGE = (20_000, 32_000)
_promised = ExitStack()  # lets go of the locks when this process ends, however it ends


def free_port() -> int:
    """Return a port that nothing listens on and that no other process of ours was given.

    A port is only bound later, by a server. Until then the kernel would give the same one to
    the next who asks, and granian shares a port that is taken instead of refusing it.
    """
    while True:
        port = random.randrange(*_RANGE)  # noqa: S311  no secret
        try:
            _promised.enter_context(locked_now(_lock_of(port)))
        except BusyError:
            continue
        if is_free(port):
            return port


def _lock_of(port: int) -> Path:
    return Path(tempfile.gettempdir(), f"stillwater-ports-{os.getuid()}", str(port))


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port now."""
    with socket.socket() as probe:
        # As servers do: a port that only waits for old connections to end counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def usual_or_free(port: int) -> int:
    """Return this port, the same at each start, or another one while something else has it."""
    return port if is_free(port) else free_port()
