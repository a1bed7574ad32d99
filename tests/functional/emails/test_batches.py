"""E-mails that are sent together: one connection, few statements, and none lost on the way."""

from smtplib import SMTPServerDisconnected
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from saleor.order import OrderEvents
from saleor.order.models import OrderEvent

from plugins.order_emails import messages, tasks
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.outbox import MAX_BATCH_TIME, ONE_CONNECTION, masked, send_emails
from product_content import shop_settings
from product_content.models import ShopSettings
from tests.functional.emails.orders import paid

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "django.core.mail.EmailMessage.send"


@pytest.fixture
def waiting():
    """Return a function that writes so many confirmations of one order and publishes none."""
    order = paid()
    mail.outbox.clear()

    def write(many):
        rows = OutgoingEmail.objects.bulk_create(
            OutgoingEmail(
                about=f"order-{order.pk}",
                order=order,
                kind="order_confirmed",
                dedup_key=f"{many}-{number}",
                message_id=f"<{many}-{number}@shop.test>",
                next_try_at=timezone.now(),
            )
            for number in range(many)
        )
        return [row.pk for row in rows]

    return write


@pytest.fixture
def clock():
    """Stop the clock of sending, and leave no rest of the mail server behind."""
    with patch.object(messages.time, "monotonic") as now:
        now.return_value = 1_000.0
        yield now
    messages._smtp_paused_until = 0.0


@pytest.fixture
def connections():
    """Count the connections to the mail server."""
    with patch.object(messages, "get_connection", wraps=messages.get_connection) as opened:
        yield opened


def states(ids):
    rows = OutgoingEmail.objects.filter(pk__in=ids).order_by("pk")
    return list(rows.values_list("state", "attempts"))


def test_batch_goes_over_one_connection(waiting, connections):
    ids = waiting(3)
    send_emails(email_ids=ids)
    assert connections.call_count == 1
    assert len(mail.outbox) == 3
    assert states(ids) == [(EmailState.SENT, 1)] * 3


def test_each_email_looks_the_facts_of_the_shop_up_once_and_sees_the_next_change(waiting):
    ids = waiting(3)
    with patch.object(shop_settings.cache, "get", wraps=shop_settings.cache.get) as asked:
        send_emails(email_ids=ids[:2])
        ShopSettings.objects.create(name="Quiet Harbour")
        send_emails(email_ids=ids[2:])
    assert [call.args for call in asked.call_args_list].count((shop_settings.CACHE_KEY,)) == 3
    assert ["Quiet Harbour" in message.body for message in mail.outbox] == [False, False, True]


def test_after_a_failure_the_others_get_a_connection_of_their_own(waiting, connections):
    ids, real = waiting(3), mail.EmailMessage.send

    def send(message):
        if connections.call_count == 1:
            raise SMTPServerDisconnected
        return real(message)

    with patch(SEND, autospec=True, side_effect=send):
        send_emails(email_ids=ids)
    assert connections.call_count == 2
    assert states(ids) == [(EmailState.FAILED, 1), (EmailState.SENT, 1), (EmailState.SENT, 1)]


def test_server_that_hangs_gives_the_rest_free_again(waiting, clock):
    ids, real = waiting(3), mail.EmailMessage.send

    def send(message):
        if mail.outbox:
            clock.return_value += 15
            raise SMTPServerDisconnected
        return real(message)

    with patch(SEND, autospec=True, side_effect=send):
        send_emails(email_ids=ids)
    expected = [(EmailState.SENT, 1), (EmailState.FAILED, 1), (EmailState.WAITING, 0)]
    assert states(ids) == expected


def test_slow_server_ends_a_batch_before_another_worker_could_take_it(waiting, clock):
    ids, real = waiting(2), mail.EmailMessage.send

    def send(message):
        clock.return_value += MAX_BATCH_TIME.total_seconds()
        return real(message)

    with patch(SEND, autospec=True, side_effect=send):
        send_emails(email_ids=ids)
    assert states(ids) == [(EmailState.SENT, 1), (EmailState.WAITING, 0)]
    send_emails(email_ids=ids)
    assert len(mail.outbox) == 2


def test_each_is_sent_once_however_often_a_batch_comes(waiting):
    ids = waiting(2)
    for _ in range(2):
        send_emails(email_ids=ids)
    assert len(mail.outbox) == 2
    assert states(ids) == [(EmailState.SENT, 1)] * 2


def test_sweeper_publishes_batches(waiting):
    ids = waiting(ONE_CONNECTION + 1)
    with patch.object(tasks.send_email, "delay") as published:
        assert tasks.send_waiting_emails() == len(ids)
    assert [len(call.args) for call in published.call_args_list] == [ONE_CONNECTION, 1]


def test_what_went_out_is_written_down_once_and_what_opens_something_is_forgotten(waiting):
    [pk] = waiting(1)
    told = OrderEvent.objects.filter(type=OrderEvents.EMAIL_SENT)
    before = told.count()
    OutgoingEmail.objects.filter(pk=pk).update(path="/a/", unsubscribe_path="/b/", last_error="x")
    send_emails(email_ids=[pk])
    [message], row = mail.outbox, OutgoingEmail.objects.get(pk=pk)
    assert row.said == masked(message.body) != message.body
    assert row.outside["subject"] == message.subject
    assert (row.path, row.unsubscribe_path, row.last_error) == ("", "", "")
    assert row.sent_at is not None
    assert told.count() == before + 1
    assert told.latest("pk").parameters["email"] == message.to[0]


def test_an_attempt_that_was_taken_over_writes_nothing(waiting):
    [pk] = waiting(1)
    before, real = OrderEvent.objects.count(), mail.EmailMessage.send

    def send(message):
        OutgoingEmail.objects.filter(pk=pk).update(attempts=2)  # another worker's
        return real(message)

    with patch(SEND, autospec=True, side_effect=send):
        send_emails(email_ids=[pk])
    assert states([pk]) == [(EmailState.SENDING, 2)]
    assert OutgoingEmail.objects.get(pk=pk).said == ""
    assert OrderEvent.objects.count() == before


def test_statements(waiting):
    send_emails(email_ids=waiting(2))
    counts = []
    for many in (1, 10):
        ids = waiting(many)
        with CaptureQueriesContext(connection) as captured:
            send_emails(email_ids=ids)
        counts.append(len(captured))
    # BEGIN, the rows with their orders, the claim, COMMIT; lines, sizes of sets, the shop's words
    together = 7
    each = 1  # the outcome, with the order's history
    assert counts == [together + each, together + 10 * each]
