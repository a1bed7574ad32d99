"""A mail server that does as it is told: `python -m ...server PORT FOLDER`.

It reads how to behave from FOLDER/mode at each message and writes every message it takes into
FOLDER/taken, one Message-ID a line, before it says so.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller

SLOW_SECONDS = 1.0
MODES = ("take", "later", "never", "slow", "drop before", "drop after")


class Handler:
    """What the server answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def mode(self) -> str:
        return (self.folder / "mode").read_text()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """Refuse recipients, for now or for good, if told to."""
        if self.mode == "later":
            return "451 4.3.0 Try again later"
        if self.mode == "never":
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Take the message, or hang up before or after that."""
        mode = self.mode
        if mode == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if mode != "drop before":
            self._take(envelope.content)
        if mode.startswith("drop"):
            server.transport.close()
        return "250 OK"

    def _take(self, content: bytes) -> None:
        with (self.folder / "taken").open("a") as file:
            file.write(f"{message_from_bytes(content)['Message-ID']}\n")


def main() -> None:
    """Serve until killed."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Controller(Handler(folder), hostname="127.0.0.1", port=port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
