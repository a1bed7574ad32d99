"""Each event of an order sends its e-mail, once, to whom it concerns, and no other."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from saleor.order import OrderEvents
from saleor.order.actions import cancel_fulfillment
from saleor.plugins.manager import get_plugins_manager

from plugins.order_emails import tasks
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.outbox import queue_email
from plugins.ordering.attention import flag_order
from plugins.ordering.ending import CANCELLED_BY_CUSTOMER, NOT_PAID_IN_TIME, release_order
from plugins.ordering.models import PaymentSession
from plugins.ordering.order_messages import CONTRACT_KEY
from plugins.ordering.payment_recording import record_payment, record_payment_failure
from plugins.ordering.refunds import cancel_order, request_refund
from tests.factories import UserFactory
from tests.functional.emails.orders import bodies, paid, placed, send

pytestmark = pytest.mark.django_db(transaction=True)


def kinds():
    return list(OutgoingEmail.objects.values_list("kind", flat=True))


def decline(order):
    session = PaymentSession.objects.get(order=order)
    for raw_id in ("ch_a", "ch_b"):
        record_payment_failure(provider="fake", reference=session.reference, raw_id=raw_id)


def let_time_pass():
    OutgoingEmail.objects.filter(state="waiting").update(next_try_at=timezone.now())
    tasks.send_waiting_emails()


def test_declined_payment_is_told_after_a_while_and_once():
    order = placed()
    decline(order)
    row = OutgoingEmail.objects.get()
    assert mail.outbox == []
    assert timedelta(minutes=4) < row.next_try_at - timezone.now() <= timedelta(minutes=5)
    let_time_pass()
    (message,) = mail.outbox
    assert message.subject == f"Your Stillwater order {order.pk} is not paid yet"
    end = timezone.localtime(PaymentSession.objects.get().expires_at)
    for body in bodies(message):
        assert "nothing was taken" in body
        assert f"We hold the order for you until {end:%H:%M}" in body
        assert "http://testserver/orders/open/" in body


def leave_until(order, *, left):
    """Let the hold of an order end in `left`, and beat look for such orders twice."""
    PaymentSession.objects.filter(order=order).update(expires_at=timezone.now() + left)
    for _ in range(2):
        tasks.remind_of_payment()


def test_customer_who_left_is_reminded_once_while_the_order_is_still_held():
    order = placed()
    leave_until(order, left=timedelta(minutes=16))
    assert mail.outbox == []
    leave_until(order, left=timedelta(minutes=15))
    (message,) = mail.outbox
    assert message.subject == f"Your Stillwater order {order.pk} is not paid yet"
    end = timezone.localtime(PaymentSession.objects.get().expires_at)
    for body in bodies(message):
        assert "The payment was not finished, and nothing was taken." in body
        assert "did not work" not in body
        assert f"We hold the order for you until {end:%H:%M}" in body


def test_customer_whose_payment_was_declined_is_not_reminded_again():
    order = placed()
    decline(order)
    let_time_pass()
    leave_until(order, left=timedelta(minutes=10))
    assert kinds() == ["payment_needed"]
    assert len(mail.outbox) == 1


def test_nobody_is_reminded_of_an_order_that_is_paid_or_over():
    order = paid()
    mail.outbox.clear()
    leave_until(order, left=timedelta(minutes=10))
    late = placed()
    leave_until(late, left=timedelta(0))
    assert mail.outbox == []


def test_declined_payment_that_worked_meanwhile_is_not_told():
    order = placed()
    decline(order)
    session = PaymentSession.objects.get()
    record_payment(
        provider="fake", reference=session.reference, amount=order.total.gross, raw_id="ch_1"
    )
    mail.outbox.clear()
    let_time_pass()
    assert mail.outbox == []
    assert OutgoingEmail.objects.get(kind="payment_needed").state == EmailState.SKIPPED


def test_order_released_unpaid_is_told():
    order = placed()
    for _ in range(2):
        release_order(order_id=order.pk, reason=NOT_PAID_IN_TIME)
    (message,) = mail.outbox
    for body in bodies(message):
        assert f"We no longer hold your order {order.pk}" in body
        assert "Nothing was charged" in body
        assert "http://testserver/basket/" in body


def test_unpaid_order_that_somebody_cancels_is_told_as_cancelled():
    order = placed()
    release_order(order_id=order.pk, reason=CANCELLED_BY_CUSTOMER)
    (message,) = mail.outbox
    for body in bodies(message):
        assert f"Your order {order.pk} is cancelled" in body
        assert "Nothing was charged." in body


def test_paid_order_that_is_cancelled_tells_of_the_money():
    order = paid()
    mail.outbox.clear()
    for _ in range(2):
        cancel_order(order_id=order.pk, actor_id=None, reason="Not wanted.")
    assert kinds().count("cancelled") == 1
    message = next(m for m in mail.outbox if "cancelled" in m.subject)
    for body in bodies(message):
        assert "What you paid goes back the way it came" in body
        assert "Not wanted" not in body


def test_refund_names_its_amount_and_never_the_reason_of_staff():
    order = paid()
    mail.outbox.clear()
    request_refund(
        order_id=order.pk, key="k", reason="A secret of ours.", amount=order.total_gross / 2
    )
    (message,) = mail.outbox
    assert message.subject == f"Refund for your Stillwater order {order.pk}"
    for body in bodies(message):
        assert "We have sent £50.75 back to you" in body
        assert f"It belongs to your order {order.pk}." in body
        assert "secret" not in body


def test_parcel_with_everything_is_told_once_with_its_number():
    order = paid()
    mail.outbox.clear()
    with transaction.atomic():
        parcel = send(order, 2)
        parcel.tracking_number = "AB123456789GB"
        parcel.save()
    (message,) = mail.outbox
    assert kinds() == ["order_confirmed", "sent"]
    assert message.subject == f"Your Stillwater order {order.pk} is on its way"
    for body in bodies(message):
        assert "Tracking number: AB123456789GB" in body
        assert "The sender’s name on it is Stillwater" in body.replace("&#x27;", "’")
        assert "4 Mill Lane" not in body, "where to wait for it is for those who ask"


def test_first_part_and_the_rest_are_two_emails():
    order = paid()
    first = send(order, 1)
    order.refresh_from_db()
    second = send(order, 1)
    assert kinds() == ["order_confirmed", "partly_sent", "sent"]
    dedup_keys = list(OutgoingEmail.objects.values_list("dedup_key", flat=True))[1:]
    assert dedup_keys == [f"fulfillment-{first.pk}", f"fulfillment-{second.pk}"]
    for body in bodies(mail.outbox[1]):
        assert f"A part of your order {order.pk} is on its way" in body
        assert "The rest follows" in body


def test_parcel_that_was_taken_back_before_the_email_went_is_not_told():
    order = paid()
    with patch.object(tasks.send_email, "delay"):
        parcel = send(order, 2)
        cancel_fulfillment(parcel, None, order.lines.get().variant.stocks.get().warehouse)
    mail.outbox.clear()
    let_time_pass()
    assert mail.outbox == []
    assert OutgoingEmail.objects.get(kind="sent").state == EmailState.SKIPPED


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ready_to_collect", "It waits for you in a plain parcel"),
        ("delivered", "The carrier says that your parcel was handed over."),
        ("new_link", "You asked for a new link"),
    ],
)
def test_what_staff_and_customers_ask_for(kind, words):
    order = paid()
    mail.outbox.clear()
    queue_email(order_id=order.pk, kind=kind, dedup_key="1")
    (message,) = mail.outbox
    for body in bodies(message):
        assert words in body
        assert "http://testserver/orders/open/" in body


@pytest.mark.parametrize(("is_staff", "expected"), [(True, ["changed"]), (False, [])])
def test_address_changed_by_staff_is_told_and_by_the_customer_is_not(is_staff, expected):
    order = paid()
    mail.outbox.clear()
    actor = UserFactory(is_staff=is_staff)
    order.events.create(type=OrderEvents.UPDATED_ADDRESS, user=actor)
    for _ in range(2):
        get_plugins_manager().order_updated(order)
    assert kinds()[1:] == expected
    for message in mail.outbox:
        assert all("We changed where it goes." in body for body in bodies(message))


def test_customer_who_wants_no_messages_gets_only_what_the_law_asks_for():
    order = paid()
    mail.outbox.clear()
    order.metadata = {CONTRACT_KEY: {"messages": "legal"}}
    order.save(update_fields=["metadata"])
    send(order, 2)
    queue_email(order_id=order.pk, kind="delivered", dedup_key="1")
    assert kinds() == ["order_confirmed"]
    queue_email(order_id=order.pk, kind="new_link", dedup_key="1")
    assert len(mail.outbox) == 1


def test_staff_are_told_of_orders_and_troubles_once_each(settings):
    settings.STAFF_EMAILS = ["packing@example.org"]
    order = paid()
    for _ in range(2):
        flag_order(order_id=order.pk, reason="dispute", message="The bank asks.")
    to_staff = [message for message in mail.outbox if message.to == settings.STAFF_EMAILS]
    assert [message.subject for message in to_staff] == [
        f"New order {order.pk}",
        f"Payment of order {order.pk}: please look",
    ]
    page = f"http://testserver/staff/order/order/{order.pk}/change/"
    for message, words in zip(to_staff, ["2 pieces, £101.50", "dispute"], strict=True):
        for body in bodies(message):
            assert words in body
            assert page in body
            assert "Gentle" not in body


def test_event_that_is_rolled_back_writes_no_email():
    order = paid()
    with transaction.atomic():
        send(order, 2)
        transaction.set_rollback(True)
    assert kinds() == ["order_confirmed"]
