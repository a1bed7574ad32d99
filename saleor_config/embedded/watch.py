"""Looks after a running shop: says when it is open, and ends it when it cannot go on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from saleor_config.embedded.ports import LOOPBACK
from saleor_config.embedded.servers import Servers

_PAUSE = 0.5


class Watch:
    """A thread that looks twice a second until it is told to stop."""

    def __init__(self, servers: Servers, port: int, on_open: Callable[[], None]) -> None:
        self.reason = ""  # why it ended the shop, if it did
        self._servers, self._port, self._on_open = servers, port, on_open
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._parent = os.getppid()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        is_open = False
        while not self._stopped.wait(_PAUSE):
            if reason := self._reason_to_end():
                self.reason = reason
                os.kill(os.getpid(), signal.SIGTERM)
                return
            if not is_open and _answers(self._port):
                is_open = True
                self._on_open()

    def _reason_to_end(self) -> str:
        if name := self._servers.ended():
            return f"{name} has ended; its last words are in var/log/."
        # kill -9 of make leaves us without a parent. Started by hand, we may outlive a shell.
        if "MAKELEVEL" in os.environ and os.getppid() != self._parent:
            return "make has ended."
        return ""


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=5) as response:
            return bool(response.status == HTTPStatus.OK)
    except (HTTPException, URLError, OSError):
        return False
