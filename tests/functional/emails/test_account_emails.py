"""E-mails to people with an account, to staff, and to those who asked for one notice."""

import logging
from smtplib import SMTPRecipientsRefused
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import transaction
from django.utils import translation

from plugins.order_emails import tasks
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.outbox import queue_account_email, queue_notice_email, queue_staff_email
from tests.factories import UserFactory, variant_in_stock

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "/account/confirm/very-secret/"


def bodies(message):
    return message.body, message.alternatives[0][0]


@pytest.mark.parametrize("kind", ["confirm_address", "reset_password", "account_exists"])
def test_link_is_in_text_and_html_and_nowhere_else_afterwards(kind, caplog):
    caplog.set_level(logging.DEBUG)
    user = UserFactory(email="robin@example.org")
    queue_account_email(user_id=user.pk, kind=kind, dedup_key="1", path=SECRET)
    (message,) = mail.outbox
    assert message.to == ["robin@example.org"]
    for body in bodies(message):
        assert f"http://testserver{SECRET}" in body
        assert "you can ignore this e-mail" in body
    row = OutgoingEmail.objects.get()
    assert (row.state, row.path, row.order, row.user) == (EmailState.SENT, "", None, user)
    assert "very-secret" not in caplog.text


def test_old_address_is_told_and_then_forgotten():
    user = UserFactory(email="new@example.org")
    queue_account_email(
        user_id=user.pk, kind="address_changed", dedup_key="2", to_old_address="old@example.org"
    )
    (message,) = mail.outbox
    assert message.to == ["old@example.org"]
    for body in bodies(message):
        assert "is a new one now" in body
        assert "new@example.org" not in body
    assert OutgoingEmail.objects.get().to_address == ""


def test_deleted_person_is_told_in_the_transaction_that_deletes_them():
    user = UserFactory(email="gone@example.org")
    pk = user.pk
    with transaction.atomic():
        queue_account_email(
            user_id=pk, kind="account_deleted", dedup_key="1", to_old_address="gone@example.org"
        )
        user.delete()
    assert [message.to for message in mail.outbox] == [["gone@example.org"]]
    row = OutgoingEmail.objects.get()
    assert (row.about, row.user, row.to_address) == (f"user-{pk}", None, "")


def test_person_deleted_before_it_was_sent_gets_nothing():
    user = UserFactory()
    with patch.object(tasks.send_email, "delay"):
        row = queue_account_email(
            user_id=user.pk, kind="reset_password", dedup_key="1", path=SECRET
        )
    user.delete()
    tasks.send_email(row.pk)
    row.refresh_from_db()
    assert mail.outbox == []
    assert (row.state, row.last_error, row.path) == (EmailState.DEAD, "NoRecipient", "")


def test_refused_address_takes_its_link_along():
    user = UserFactory()
    refused = SMTPRecipientsRefused({user.email: (550, b"no such user")})
    with patch("django.core.mail.EmailMessage.send", side_effect=refused):
        queue_account_email(user_id=user.pk, kind="reset_password", dedup_key="1", path=SECRET)
    row = OutgoingEmail.objects.get()
    assert (row.state, row.path) == (EmailState.DEAD, "")


def test_only_the_id_is_a_task_argument():
    user = UserFactory()
    with patch.object(tasks.send_email, "delay") as published:
        row = queue_account_email(
            user_id=user.pk, kind="reset_password", dedup_key="1", path=SECRET
        )
    published.assert_called_once_with(row.pk)


def test_two_deleted_people_with_the_same_dedup_key_do_not_clash():
    for user in (UserFactory(), UserFactory()):
        queue_account_email(user_id=user.pk, kind="address_changed", dedup_key="1")
        user.delete()
    assert OutgoingEmail.objects.filter(user=None).count() == 2


def test_it_is_written_in_the_language_of_the_page():
    user = UserFactory()
    with translation.override("es"):
        queue_account_email(user_id=user.pk, kind="address_changed", dedup_key="1")
    assert '<html lang="es">' in bodies(mail.outbox[0])[1]


def test_notice_says_how_to_stop_it_and_forgets_the_address():
    queue_notice_email(
        about="interest-7",
        kind="back_in_stock",
        dedup_key="1",
        to_address="robin@example.org",
        path="/sets/",
        unsubscribe_path="/stop/abc/",
    )
    (message,) = mail.outbox
    assert message.extra_headers["List-Unsubscribe"] == "<http://testserver/stop/abc/>"
    for body in bodies(message):
        assert "http://testserver/sets/" in body
        assert "http://testserver/stop/abc/" in body
    row = OutgoingEmail.objects.get()
    assert (row.to_address, row.path, row.unsubscribe_path) == ("", "", "")


def test_nobody_is_told_where_no_staff_address_is_set():
    assert queue_staff_email(kind="low_stock", dedup_key="1", subject_id="stock-1") is None
    assert OutgoingEmail.objects.count() == 0


def test_staff_learn_of_low_stock_without_a_name_in_it(settings):
    settings.STAFF_EMAILS = ["one@example.org", "two@example.org"]
    variant = variant_in_stock(3, product__name="Gentle set", sku="SW-1")
    stock = variant.stocks.get()
    for _ in range(2):
        queue_staff_email(kind="low_stock", dedup_key="crossed-1", subject_id=f"stock-{stock.pk}")
    (message,) = mail.outbox
    assert message.to == settings.STAFF_EMAILS
    assert message.subject == "A stock notice"
    for body in bodies(message):
        assert "SW-1 is running low" in body
        assert "3 pieces are left" in body
        assert "Gentle" not in body
        assert "Just answer this e-mail" not in body


def test_staff_learn_of_a_payment_that_belongs_to_no_order(settings):
    settings.STAFF_EMAILS = ["one@example.org"]
    queue_staff_email(
        kind="payment_attention", dedup_key="unmatched:pi_1", subject_id="payment-pi_1"
    )
    (message,) = mail.outbox
    assert message.subject == "Payment of no order of ours: please look"
    assert all("unmatched" in body for body in bodies(message))
