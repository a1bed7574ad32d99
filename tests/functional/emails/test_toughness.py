"""Mail servers that fail, and e-mails that take their worker along."""

from smtplib import SMTPDataError, SMTPServerDisconnected
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from plugins.order_emails import messages, tasks
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.outbox import queue_account_email
from plugins.order_emails.policies import MAX_ATTEMPTS
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "django.core.mail.EmailMessage.send"


def ask(dedup_key="1"):
    return queue_account_email(
        user_id=UserFactory().pk, kind="address_changed", dedup_key=dedup_key
    )


@pytest.fixture
def clock():
    """Stop the clock of the mail server's rest, and leave no rest behind."""
    with patch.object(messages.time, "monotonic") as now:
        now.return_value = 1_000.0
        yield now
    messages._smtp_paused_until = 0.0


def sweep():
    OutgoingEmail.objects.update(next_try_at=timezone.now())
    return tasks.send_waiting_emails()


def test_server_that_hangs_is_left_alone_for_a_while(clock):
    def hang(_message):
        clock.return_value += 15
        raise SMTPServerDisconnected

    with patch(SEND, autospec=True, side_effect=hang) as tried:
        ask("1")
        ask("2")
        assert tried.call_count == 1
    assert sweep() == 2
    assert mail.outbox == []
    assert sorted(OutgoingEmail.objects.values_list("state", "attempts")) == [
        (EmailState.FAILED, 1),
        (EmailState.WAITING, 0),
    ]
    clock.return_value += 31
    sweep()
    assert len(mail.outbox) == 2


def test_server_that_refuses_at_once_keeps_nobody_waiting(clock):
    with patch(SEND, side_effect=ConnectionRefusedError) as tried:
        ask("1")
        ask("2")
        assert tried.call_count == 2
    assert {*OutgoingEmail.objects.values_list("last_error", flat=True)} == {
        "ConnectionRefusedError"
    }


@pytest.mark.parametrize(("code", "state"), [(452, EmailState.FAILED), (554, EmailState.DEAD)])
def test_temporary_and_permanent_refusals_are_told_apart(code, state):
    with patch(SEND, side_effect=SMTPDataError(code, b"no")):
        ask()
    assert OutgoingEmail.objects.get().state == state


def test_trouble_while_saying_good_bye_does_not_send_it_twice():
    with patch.object(EmailBackend, "close", side_effect=TimeoutError):
        ask()
    row = OutgoingEmail.objects.get()
    assert (row.state, row.attempts) == (EmailState.SENT, 1)
    assert sweep() == 0
    assert len(mail.outbox) == 1


def test_email_that_kills_its_worker_each_time_is_given_up():
    with patch.object(tasks.send_email, "delay"):
        row = ask()
    OutgoingEmail.objects.update(state=EmailState.SENDING, attempts=MAX_ATTEMPTS)
    sweep()
    row.refresh_from_db()
    assert mail.outbox == []
    assert (row.state, row.last_error) == (EmailState.DEAD, "WorkerLost")


def test_kind_that_nobody_knows_any_more_stops_no_other():
    with patch.object(tasks.send_email, "delay"):
        row = ask()
    OutgoingEmail.objects.update(kind="of-another-release")
    ask("2")
    sweep()
    row.refresh_from_db()
    assert len(mail.outbox) == 1
    assert (row.state, row.last_error) == (EmailState.FAILED, "KeyError")
