"""The supervisor's side of the reaper: tells it what must not be left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from saleor_config.embedded import reaper


class Guard:
    """A running reaper process. Lives as long as this process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # -I -S: no packages and no environment; it needs the standard library only.
            [sys.executable, "-I", "-S", str(Path(reaper.__file__))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )

    @property
    def pid(self) -> int:
        """Process number of the reaper."""
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
        """End the reaper, which first ends and deletes what it still knows of."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        if self._process.stdin:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
