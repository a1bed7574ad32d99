"""What a killed supervisor may leave in PostgreSQL's data folder."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil

_END_SECONDS = 30


def end_forgotten_server(data: Path) -> None:
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
