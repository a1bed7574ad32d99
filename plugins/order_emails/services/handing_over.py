"""Give one message to the mail server, and leave a server that hangs alone for a while."""

from __future__ import annotations

import time
from contextlib import suppress

from django.core.mail import EmailMessage, get_connection

from plugins.order_emails.policies import REST, should_rest

_rests_until = 0.0  # of this process; on the clock of time.monotonic


def is_resting() -> bool:
    """Say whether the mail server hung a moment ago.

    A worker that waits for it, e-mail by e-mail, would do nothing else: no webhook, no refund.
    """
    return time.monotonic() < _rests_until


def hand_over(message: EmailMessage) -> None:
    """Send a message; whatever goes wrong before the server has taken it is raised.

    What goes wrong after that, while saying good-bye, is not: the e-mail would go out twice.
    """
    started = time.monotonic()
    try:
        _send(message)
    except Exception as error:
        _note(error, time.monotonic() - started)
        raise


def _send(message: EmailMessage) -> None:
    connection = message.connection = get_connection()
    connection.open()
    try:
        message.send()
    finally:
        with suppress(Exception):
            connection.close()


def _note(error: Exception, seconds: float) -> None:
    global _rests_until  # noqa: PLW0603  what one process has seen, for its next tasks
    if should_rest(error, seconds)[0]:
        _rests_until = time.monotonic() + REST.total_seconds()
