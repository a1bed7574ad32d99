"""Free TCP ports on this machine's own address."""

from __future__ import annotations

import os
import random
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path

from local_services.data_folder import BusyError, locked_now

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
