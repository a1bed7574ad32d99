"""Rules of sending, without side effects."""

from __future__ import annotations

from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

LEASE = timedelta(minutes=5)  # far longer than a send: EMAIL_TIMEOUT is 15 s per step
GRACE = timedelta(minutes=1)  # before the sweeper publishes what the event published itself
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
MOST_ATTEMPTS = 16  # about two days
REST = timedelta(seconds=30)  # as long as the sweeper's rhythm
SLOW = 5  # seconds after which a failed try counts as a server that hangs
_PERMANENT = 500  # SMTP replies from here on are final (RFC 5321, 4.2.1)


class NoRecipient(ValueError):  # noqa: N818  reads as what it is
    """The order, or its e-mail address, is gone."""


def may_try_again(error: Exception, attempts: int) -> tuple[bool, str]:
    """Say whether a failed e-mail is tried again, and the reason as a class of error.

    The reason never holds the error's text, which may name the recipient. A refused log-in
    or sender is our own configuration, so it is worth another try once that is mended.
    """
    reason = type(error).__name__
    if isinstance(error, NoRecipient):
        return False, reason
    if attempts >= MOST_ATTEMPTS:
        return False, reason
    return not _is_permanent(error), reason


def should_rest(error: Exception, seconds: float) -> tuple[bool, str]:
    """Say whether a try that failed after `seconds` shows a mail server that hangs.

    A server that refuses at once costs no time, so the others may well try; one that says no to
    a recipient is well.
    """
    if isinstance(error, SMTPRecipientsRefused | SMTPSenderRefused):
        return False, "the server answers"
    if not isinstance(error, OSError) or seconds < SLOW:
        return False, "no time was lost"
    return True, "the server hangs"


def pause_after(attempts: int, jitter: float) -> timedelta:
    """Return how long to wait after the given number of attempts; `jitter` is in [0, 1).

    The pause doubles from one minute up to six hours; up to half of it is taken off at
    random, so that many e-mails that failed together do not come back together.
    """
    full = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return full * (1 - jitter / 2)


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, SMTPAuthenticationError | SMTPSenderRefused):
        return False
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _text in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= _PERMANENT


def may_try_again_by_hand(*, state: str, forgets: bool) -> tuple[bool, str]:
    """Say whether staff may try an e-mail again; `forgets`: its link and address are gone."""
    if state != "dead":
        return False, "Only an e-mail that was given up can be tried again."
    if forgets:
        return False, _FORGOTTEN
    return True, ""


def may_send_again(*, state: str, forgets: bool) -> tuple[bool, str]:
    """Say whether staff may send what was sent (or no longer needed) once more."""
    if state != "sent":
        return False, "This e-mail was not sent yet."
    if forgets:
        return False, _FORGOTTEN
    return True, ""


_FORGOTTEN = "Its link was for one person and is not kept. They can ask for a new one themselves."
