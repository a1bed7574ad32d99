"""When a failed e-mail is tried again, and after how long."""

from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest

from plugins.order_emails.policies import (
    MAX_ATTEMPTS,
    MAX_PAUSE,
    NoRecipient,
    may_retry,
    pause_after,
)

GONE, BUSY = (550, b""), (450, b"")


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (SMTPServerDisconnected("x"), True),
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (SMTPDataError(451, b"greylisted"), True),
        (SMTPDataError(554, b"refused"), False),
        (SMTPRecipientsRefused({"a@example.org": GONE}), False),
        (SMTPRecipientsRefused({"a@example.org": BUSY}), True),
        (SMTPAuthenticationError(535, b"our own fault"), True),
        (SMTPSenderRefused(550, b"our own fault", "x"), True),
        (KeyError("template"), True),
        (NoRecipient(), False),
    ],
)
def test_again_or_given_up(error, again):
    assert may_retry(error, attempts=1) == (again, type(error).__name__)


def test_given_up_after_many_attempts():
    assert may_retry(TimeoutError(), attempts=MAX_ATTEMPTS - 1).allowed
    assert not may_retry(TimeoutError(), attempts=MAX_ATTEMPTS).allowed


def test_pauses_double_up_to_six_hours():
    minutes = [pause_after(attempts, jitter=0) for attempts in (1, 2, 3, 4)]
    assert minutes == [timedelta(minutes=count) for count in (1, 2, 4, 8)]
    assert pause_after(12, jitter=0) == pause_after(10_000, jitter=0) == MAX_PAUSE


def test_jitter_takes_up_to_half_off():
    assert pause_after(3, jitter=0.5) == timedelta(minutes=3)
    assert timedelta(minutes=2) < pause_after(3, jitter=0.999) < timedelta(minutes=2.1)


def test_last_attempt_is_about_two_days_after_the_first():
    total = sum((pause_after(n, jitter=0) for n in range(1, MAX_ATTEMPTS)), timedelta())
    assert timedelta(days=1) < total < timedelta(days=3)
