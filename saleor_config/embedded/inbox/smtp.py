"""The SMTP side: whatever arrives is kept, nothing is ever sent on."""

from __future__ import annotations

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from saleor_config.embedded.inbox.store import Inbox
from saleor_config.embedded.ports import LOOPBACK


class Keep:
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
    controller = Controller(Keep(inbox), hostname=LOOPBACK, port=port)
    controller.start()
    return controller
