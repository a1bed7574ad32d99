"""Rules of sending, without side effects, and the refusals that they lead to."""

from __future__ import annotations

from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from product_content.decisions import ALLOWED, Decision, refused


class TextRefused(ValueError):  # noqa: N818  reads as what it is
    """Words that cannot be stored; `problems` are sentences by field, "" for all of it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class SendRefused(ValueError):  # noqa: N818  reads as what it is
    """An e-mail that cannot be resent; the text says why."""


LEASE = timedelta(minutes=5)  # far longer than a send: EMAIL_TIMEOUT is 15 s per step
GRACE = timedelta(minutes=1)  # before the sweeper publishes what the event published itself
FIRST_PAUSE = timedelta(minutes=1)
MAX_PAUSE = timedelta(hours=6)
MAX_ATTEMPTS = 16  # about two days
SMTP_PAUSE = timedelta(seconds=30)  # as long as the sweeper's rhythm
HANG_SECONDS = 5  # seconds after which a failed try counts as a server that hangs
_MIN_PERMANENT_CODE = 500  # SMTP replies from here on are final (RFC 5321, 4.2.1)


class NoRecipient(ValueError):  # noqa: N818  reads as what it is
    """The order, or its e-mail address, is gone."""


def may_retry(error: Exception, attempts: int) -> Decision:
    """Say whether a failed e-mail is tried again, and the reason as a class of error.

    The reason never holds the error's text, which may name the recipient. A refused log-in
    or sender is our own configuration, so it is worth another try once that is fixed.
    """
    reason = type(error).__name__
    if isinstance(error, NoRecipient):
        return refused(reason)
    if attempts >= MAX_ATTEMPTS:
        return refused(reason)
    return Decision(not _is_permanent(error), reason)


def should_pause_smtp(error: Exception, seconds: float) -> Decision:
    """Say whether a try that failed after `seconds` shows a mail server that hangs.

    A server that refuses at once costs no time, so the others may well try; one that says no to
    a recipient is well.
    """
    if isinstance(error, SMTPRecipientsRefused | SMTPSenderRefused):
        return refused("the server answers")
    if not isinstance(error, OSError) or seconds < HANG_SECONDS:
        return refused("no time was lost")
    return Decision(True, "the server hangs")


def pause_after(attempts: int, jitter: float) -> timedelta:
    """Return how long to wait after the given number of attempts; `jitter` is in [0, 1).

    The pause doubles from one minute up to six hours; up to half of it is taken off at
    random, so that many e-mails that failed together do not come back together.
    """
    full = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), MAX_PAUSE)
    return full * (1 - jitter / 2)


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, SMTPAuthenticationError | SMTPSenderRefused):
        return False
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= _MIN_PERMANENT_CODE for code, _text in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= _MIN_PERMANENT_CODE


def may_retry_by_hand(*, state: str, link_deleted: bool) -> Decision:
    """Say whether staff may try an e-mail again; `link_deleted`: its link and address are gone."""
    if state != "dead":
        return refused("Only an e-mail that was given up can be tried again.")
    if link_deleted:
        return refused(_LINK_DELETED)
    return ALLOWED


def may_resend(*, state: str, link_deleted: bool) -> Decision:
    """Say whether staff may send what was sent (or no longer needed) once more."""
    if state != "sent":
        return refused("This e-mail was not sent yet.")
    if link_deleted:
        return refused(_LINK_DELETED)
    return ALLOWED


_LINK_DELETED = (
    "Its link was for one person and is not kept. They can ask for a new one themselves."
)
