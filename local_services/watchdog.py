"""Ends what a supervisor started when the supervisor itself is gone, even by kill -9.

Run as a program of its own, in its own session: neither Ctrl-C nor the supervisor's end reaches
it. Its standard input is a pipe from the supervisor: `+<pid> <signal>` names a process group and
the signal that asks it to end, `-<pid>` forgets it, `remove <folder>` names a folder to delete.
Standard library only, so that it stays small.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import time

_LOOK_SECONDS = 0.5  # how soon a supervisor's death is noticed if the pipe stays open somewhere
_GRACE_SECONDS = 4.0


class Leftovers:
    """What would be left behind: process groups with their signal, and folders."""

    def __init__(self) -> None:
        self.groups: dict[int, int] = {}
        self.folders: list[str] = []

    def learn(self, line: str) -> None:
        """Take in one line from the supervisor."""
        if line.startswith("+"):
            pid, number = line[1:].split()
            self.groups[int(pid)] = int(number)
        elif line.startswith("-"):
            self.groups.pop(int(line[1:]), None)
        elif line.startswith("remove "):
            self.folders.append(line.removeprefix("remove "))

    def end(self) -> None:
        """Ask every group to end, kill what does not, then delete the folders."""
        for pid, number in self.groups.items():
            _signal(pid, number)
        end = time.monotonic() + _GRACE_SECONDS
        while any(map(_alive, self.groups)) and time.monotonic() < end:
            time.sleep(0.05)
        for pid in self.groups:
            _signal(pid, signal.SIGKILL)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def _signal(pid: int, number: int) -> bool:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS: PermissionError for a zombie
        return False
    return True


def _alive(pid: int) -> bool:
    return _signal(pid, 0)


def main() -> None:
    """Listen until the supervisor is gone, then clean up after it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    supervisor, leftovers, rest = os.getppid(), Leftovers(), b""
    while os.getppid() == supervisor:
        if not select.select([0], [], [], _LOOK_SECONDS)[0]:
            continue
        data = os.read(0, 65536)
        if not data:
            break
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            leftovers.learn(line.decode())
    leftovers.end()


if __name__ == "__main__":
    main()
