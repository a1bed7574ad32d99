"""Runs the shop's processes side by side with honcho, until the first of them ends."""

from __future__ import annotations

import os
import sys
from collections import defaultdict, deque
from collections.abc import Callable
from multiprocessing import Queue
from typing import Any

from honcho.manager import Manager
from honcho.printer import Message, Printer

from saleor_config.embedded.guard import Guard
from saleor_config.embedded.schema import ROOT

_LAST_LINES = 10
_TOLD_TO_END = (130, 143)  # honcho's return codes for SIGINT and SIGTERM


class Output(Printer):
    """honcho's printer, without its own remarks on processes that start and stop."""

    def write(self, message: Message) -> None:
        """Print a line of one of the processes."""
        if message.name != "system":
            super().write(message)


class Events:
    """honcho's queue of events, which lets us see each event that the manager takes."""

    def __init__(self, queue: Queue[Message], look: Callable[[Message], None]) -> None:
        self._queue, self._look = queue, look

    def get(self, timeout: float) -> Message:
        """Return the next event; raises queue.Empty after `timeout` seconds."""
        message = self._queue.get(timeout=timeout)
        self._look(message)
        return message

    def __reduce__(self) -> Any:
        """Give the processes the queue itself: they only put."""
        return _itself, (self._queue,)

    def put(self, message: Message) -> None:
        """Put an event, from a forked process."""
        self._queue.put(message)


def _itself(queue: Queue[Message]) -> Queue[Message]:
    return queue


class Shop:
    """The shop's processes. Each is in the guard's care while it runs."""

    def __init__(self, guard: Guard, environment: dict[str, str]) -> None:
        self._guard, self._environment = guard, environment
        self._pids: dict[str, int] = {}
        self._last_lines: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_LAST_LINES))
        self._ended: list[str] = []
        self._manager = Manager(Output(sys.stdout))
        self._manager.events = Events(self._manager.events, self._look)

    def add(self, name: str, command: str) -> None:
        """Add a process to be started by `run`."""
        self._manager.add_process(name, command, env=self._environment, cwd=str(ROOT))

    def run(self) -> None:
        """Start all and return when all have ended: the end of one ends the others."""
        self._manager.loop()

    @property
    def failed(self) -> str | None:
        """Name of the process that ended by itself, unless we were told to end."""
        return None if self._manager.returncode in _TOLD_TO_END else self._ended[0]

    def last_lines(self, name: str) -> str:
        """Return the last lines that a process has printed."""
        return "".join(self._last_lines[name])

    def _look(self, message: Message) -> None:
        if message.type == "start":
            self._pids[message.name] = message.data["pid"]
            self._guard.watch(message.data["pid"])
        elif message.type == "stop":
            self._guard.forget(self._pids[message.name])
            self._ended.append(message.name)
        else:
            self._last_lines[message.name].append(os.fsdecode(message.data))
