"""Each order event sends its e-mail once: ours, in text and HTML, whatever breaks."""

import re
from datetime import timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone
from kombu.exceptions import OperationalError
from saleor.account.emails import send_user_password_reset_email_with_url
from saleor.order.actions import handle_fully_paid_order, send_fulfillment_confirmation_to_customer
from saleor.order.emails import send_templated_mail
from saleor.order.models import Fulfillment, Order, OrderEvent

from plugins.order_emails import tasks
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.outbox import queue_email
from plugins.ordering.ending import BASKET_CHANGED, release_order
from plugins.ordering.links import order_from_link
from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from product_content.models import SetSize, SingleSize, Size
from tests.factories import GiftCardFactory, UserFactory, VoucherFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "django.core.mail.EmailMessage.send"
FULL = {"discreet_shipping": {"version": 1, "messages": "full"}}
PRODUCT_WORDS = ("set", "dilator", "pelvic", "gentle", "size", "vagin")


def pay(checkout):
    placed = place_order(checkout_token=checkout.pk)
    if start_payment(order_id=placed.order_id).url:
        session = PaymentSession.objects.get(order_id=placed.order_id)
        record_payment(
            provider="fake", reference=session.reference, amount=placed.total, raw_id="ch_1"
        )
    return Order.objects.get(pk=placed.order_id)


@pytest.fixture
def checkout():
    variant = variant_in_stock(9, product__name="Gentle set", name="")
    sizes = [size(number=1, diameter_mm=13), size(number=2, diameter_mm=16)]
    for one in sizes:
        SetSize.objects.create(product=variant.product, size=one)
    return basket((variant, 2), metadata=FULL)


def size(number, diameter_mm):
    figures = {"diameter_mm": diameter_mm, "usable_length_mm": 100, "weight_g": 20}
    return Size.objects.get_or_create(number=number, defaults=figures)[0]


def opened_by(body):
    (signed,) = re.findall(r"http://testserver/orders/open/([^/\"]+)/", body)
    return order_from_link(signed)


def parts(message):
    (html, kind) = message.alternatives[0]
    assert kind == "text/html"
    return message.body, html


def test_paid_order_sends_one_confirmation_in_text_and_html(checkout):
    order = pay(checkout)
    (message,) = mail.outbox
    assert message.to == ["robin@example.org"]
    assert message.from_email == "Stillwater <hello@stillwater.example>"
    for body in parts(message):
        assert "Thank you for your order" in body
        assert opened_by(body) == order
        assert "Gentle set" in body
        assert "Sizes 1 (13 mm) and 2 (16 mm)" in body
        assert "£98.00" in body
        assert "£3.50" in body
        assert "£101.50" in body
        for line in ("Robin Marsh", "4 Mill Lane", "LEWES", "BN7 1AA", "United Kingdom"):
            assert line in body
        assert "plain parcel" in body
    assert f"order {order.pk}, placed on {timezone.localdate().day} " in message.body


def test_nothing_outside_the_message_says_what_was_bought(checkout):
    order = pay(checkout)
    (message,) = mail.outbox
    html = parts(message)[1]
    preheader = html.split('class="preheader"')[1].split("</div>")[0].split(">")[1]
    title = html.split("<title>")[1].split("</title>")[0]
    outside = " ".join([message.subject, message.from_email, preheader, title]).lower()
    assert message.subject == f"Your Stillwater order {order.pk}"
    assert [word for word in PRODUCT_WORDS if word in outside] == []


def test_message_asks_no_one_else_for_anything(checkout):
    pay(checkout)
    html = parts(mail.outbox[0])[1]
    assert "<img" not in html
    assert "url(" not in html
    assert "<link" not in html
    assert html.count("http") == html.count("http://testserver/orders/")
    assert "prefers-color-scheme: dark" in html
    assert 'style="' in html


def test_headers_say_it_is_automatic_and_name_it_for_good(checkout):
    pay(checkout)
    sent = OutgoingEmail.objects.get()
    assert mail.outbox[0].extra_headers == {
        "Auto-Submitted": "auto-generated",
        "Message-ID": sent.message_id,
    }
    assert sent.message_id.endswith("@testserver>")


def test_single_shows_its_size_and_codes_show_their_part():
    variant = variant_in_stock(9, product__name="Gentle single", name="Size 3")
    SingleSize.objects.create(variant=variant, size=size(number=3, diameter_mm=20))
    voucher = VoucherFactory(discount_value="5.00")
    pay(basket((variant, 1), voucher=voucher, cards=[GiftCardFactory()], metadata=FULL))
    for body in parts(mail.outbox[0]):
        assert "Size 3 (20 mm)" in body
        assert "-£5.00" in body
        assert "-£20.00" in body
        assert "£27.50" in body


def test_names_are_escaped_in_html_and_left_alone_in_text():
    variant = variant_in_stock(9, product__name="Soft & <b>small</b>")
    pay(basket((variant, 1), metadata=FULL))
    text, html = parts(mail.outbox[0])
    assert "Soft & <b>small</b>" in text
    assert "Soft &amp; &lt;b&gt;small&lt;/b&gt;" in html


def test_customer_with_an_account_is_written_to_there():
    user = UserFactory(email="account@example.org")
    checkout = basket((variant_in_stock(9), 1), user=user, email="typed@example.org")
    place_order(checkout_token=checkout.pk, user_id=user.pk)
    order = Order.objects.get()
    queue_email(order_id=order.pk, kind="order_confirmed", dedup_key="paid")
    assert mail.outbox[0].to == ["account@example.org"]


def test_history_says_once_that_it_was_sent(checkout):
    order = pay(checkout)
    event = OrderEvent.objects.get(order=order, type="email_sent")
    assert event.parameters["email_type"] == "order_confirmation"
    row = OutgoingEmail.objects.get()
    assert (row.state, row.attempts, row.last_error) == (EmailState.SENT, 1, "")
    assert row.sent_at is not None


def test_placed_order_sends_nothing_and_neither_does_one_whose_basket_was_changed(checkout):
    placed = place_order(checkout_token=checkout.pk)
    assert mail.outbox == []
    release_order(order_id=placed.order_id, reason=BASKET_CHANGED)
    assert mail.outbox == []


def test_saleors_own_emails_are_never_sent(checkout):
    order = pay(checkout)
    mail.outbox.clear()
    handle_fully_paid_order(order)
    send_fulfillment_confirmation_to_customer(order, Fulfillment.objects.create(order=order), None)
    send_user_password_reset_email_with_url("https://shop.test/", UserFactory())
    send_templated_mail(template_name="order/confirm_order", recipient_list=["a@example.org"])
    assert mail.outbox == []
    assert OutgoingEmail.objects.count() == 1


def test_broker_down_at_commit_does_not_fail_the_payment(checkout):
    with patch.object(tasks.send_email, "delay", side_effect=OperationalError("down")):
        order = pay(checkout)
        assert order.is_fully_paid()
        assert tasks.send_waiting_emails() == 0
    assert mail.outbox == []
    assert OutgoingEmail.objects.get().state == EmailState.WAITING
    make_due()
    assert tasks.send_waiting_emails() == 1
    assert len(mail.outbox) == 1


def make_due():
    OutgoingEmail.objects.update(next_try_at=timezone.now())


def test_rolled_back_event_sends_nothing(checkout):
    with (
        patch("plugins.ordering.payment_recording._delete_basket", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        pay(checkout)
    assert OutgoingEmail.objects.count() == 0
    assert mail.outbox == []


def test_sweeper_leaves_fresh_and_sent_ones_alone(checkout):
    pay(checkout)
    make_due()
    assert tasks.send_waiting_emails() == 0
    OutgoingEmail.objects.update(
        state=EmailState.WAITING, next_try_at=timezone.now() + timedelta(seconds=50)
    )
    assert tasks.send_waiting_emails() == 0
    assert len(mail.outbox) == 1


def test_twenty_workers_send_it_once(checkout):
    with patch.object(tasks.send_email, "delay"):
        pay(checkout)
    email = OutgoingEmail.objects.get()
    at_once(*[partial(tasks.send_email, email.pk)] * 20)
    assert len(mail.outbox) == 1
    assert OutgoingEmail.objects.get().attempts == 1


def test_worker_killed_while_sending_is_followed_after_its_lease(checkout):
    with patch(SEND, side_effect=SystemExit), pytest.raises(SystemExit):
        pay(checkout)
    row = OutgoingEmail.objects.get()
    assert (row.state, row.attempts) == (EmailState.SENDING, 1)
    tasks.send_email(row.pk)  # the broker delivers it again at once: too early
    assert tasks.send_waiting_emails() == 0
    assert mail.outbox == []
    make_due()
    assert tasks.send_waiting_emails() == 1
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [row.message_id]
    assert OutgoingEmail.objects.get().state == EmailState.SENT


def test_temporary_failure_waits_and_then_goes_out(checkout, caplog):
    with patch(SEND, side_effect=SMTPServerDisconnected("robin@example.org lost")):
        order = pay(checkout)
    row = OutgoingEmail.objects.get()
    assert order.is_fully_paid()
    assert (row.state, row.last_error) == (EmailState.FAILED, "SMTPServerDisconnected")
    assert timedelta(0) < row.next_try_at - timezone.now() <= timedelta(minutes=1)
    assert "robin" not in caplog.text
    make_due()
    tasks.send_waiting_emails()
    assert len(mail.outbox) == 1
    assert OutgoingEmail.objects.get().attempts == 2


def test_refused_recipient_is_given_up(checkout, caplog):
    refused = SMTPRecipientsRefused({"robin@example.org": (550, b"no such user")})
    with patch(SEND, side_effect=refused):
        pay(checkout)
    row = OutgoingEmail.objects.get()
    assert (row.state, row.last_error) == (EmailState.DEAD, "SMTPRecipientsRefused")
    assert "robin" not in caplog.text
    make_due()
    assert tasks.send_waiting_emails() == 0


def test_failing_template_does_not_stop_the_others(checkout):
    other = basket((variant_in_stock(9), 1), email="other@example.org")
    with patch("plugins.order_emails.messages._render", side_effect=KeyError("broken")):
        pay(checkout)
    assert OutgoingEmail.objects.get().state == EmailState.FAILED
    pay(other)
    assert [message.to for message in mail.outbox] == [["other@example.org"]]


def test_order_without_an_address_is_given_up(checkout):
    with patch.object(tasks.send_email, "delay"):
        pay(checkout)
    Order.objects.update(user_email="")
    tasks.send_email(OutgoingEmail.objects.get().pk)
    row = OutgoingEmail.objects.get()
    assert (row.state, row.last_error) == (EmailState.DEAD, "NoRecipient")


def test_same_dedup_key_is_written_once(checkout):
    order = pay(checkout)
    for _ in range(3):
        queue_email(order_id=order.pk, kind="order_confirmed", dedup_key="paid")
    assert OutgoingEmail.objects.count() == 1
    assert len(mail.outbox) == 1
