"""The received e-mails: taken by SMTP and never sent on, kept one file each in a Maildir."""

from __future__ import annotations

import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local_services.ports import LOOPBACK


@dataclass(frozen=True)
class Mail:
    """One e-mail: its key in the inbox, when it came, and its bytes as received."""

    key: str
    received: datetime
    source: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The e-mail, parsed."""
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(self.source)

    @property
    def subject(self) -> str:
        """Its subject, as readers show it."""
        return self.header("Subject") or "(no subject)"

    def header(self, name: str) -> str:
        """Return one header's text, or nothing when it is absent."""
        return str(self.message[name] or "")

    def body(self, kind: str) -> str:
        """Return its `plain` or `html` text, or nothing when it has none."""
        part = self.message.get_body(preferencelist=(kind,))
        return "" if part is None else str(part.get_content())


class Inbox:
    """A folder of e-mails."""

    def __init__(self, folder: Path) -> None:
        # A folder inside: Maildir makes its own parts only in a folder that it makes itself.
        self._box = mailbox.Maildir(folder / "maildir", factory=None, create=True)

    def add(self, content: bytes) -> str:
        """Keep one e-mail as it came over SMTP; return its key."""
        return self._box.add(content)

    def newest_first(self) -> list[Mail]:
        """Return all e-mails, the last received first."""
        mails = map(self._mail, self._box.keys())
        return sorted(mails, key=attrgetter("received"), reverse=True)

    def get(self, key: str) -> Mail | None:
        """Return the e-mail with this key, if it is there."""
        return self._mail(key) if key in self._box else None

    def _mail(self, key: str) -> Mail:
        seconds = self._box.get_message(key).get_date()
        return Mail(key, datetime.fromtimestamp(seconds, UTC), self._box.get_bytes(key))


class KeepHandler:
    """aiosmtpd's handler: it calls `handle_DATA` once an e-mail is complete."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the e-mail, then tell the sender so."""
        self._inbox.add(envelope.original_content or b"")
        return "250 Kept in the local inbox"


def listen(inbox: Inbox, port: int) -> Controller:
    """Take e-mails on this port in a thread of its own until `.stop()` is called."""
    controller = Controller(KeepHandler(inbox), hostname=LOOPBACK, port=port)
    controller.start()
    return controller
