"""A bank debit is under way for days: what customer, order and sweeper do meanwhile, and after."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.plugin import queue_payment_reminders
from plugins.ordering.ending import release_unpaid_orders
from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.outcomes import PaymentProcessing
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from plugins.stripe_payments import events
from tests import personas
from tests.factories import change_quantity
from tests.functional.ordering.reading import pieces_held
from tests.functional.stripe.sandbox import BAD_DEBIT, DEBIT, send

pytestmark = pytest.mark.django_db(transaction=True)
COMPLETED = "checkout.session.completed"
SUCCEEDED = "checkout.session.async_payment_succeeded"
FAILED = "checkout.session.async_payment_failed"
ON_ITS_WAY = "Your bank payment is on its way, there is nothing to do."


@pytest.fixture
def debit(client, sandbox, session):
    """A function that pays by bank debit; the shop has been told that it is under way."""

    def pay(account=DEBIT):
        sandbox.debit(session.reference, account)
        send(client, sandbox.event(COMPLETED))

    return pay


def state():
    return PaymentSession.objects.get().state


def customer(placed):
    return personas.link_holder(Order.objects.get(pk=placed.order_id))


def page_of(placed):
    return customer(placed).get(f"/orders/{placed.order_token}/").content.decode()


def test_the_orders_page_says_that_it_is_on_its_way_and_asks_for_nothing(debit, placed):
    debit()
    page = page_of(placed)
    assert state() == SessionStatus.PROCESSING
    assert ON_ITS_WAY in page
    assert "Bank payment on its way" in page
    assert " now\n" not in page
    assert f"/orders/{placed.order_token}/pay/" not in page


def test_an_old_page_with_the_button_leads_back_to_the_orders_page(debit, placed):
    debit()
    client = customer(placed)
    answer = client.post(f"/orders/{placed.order_token}/pay/", follow=True)
    assert answer.redirect_chain == [(f"/orders/{placed.order_token}/", 303)]
    assert ON_ITS_WAY in answer.content.decode()
    assert "We cannot reach our payment service" not in answer.content.decode()


def test_coming_back_from_stripe_is_enough_to_know(sandbox, placed, session):
    back = sandbox.debit(session.reference).headers["Location"]
    Client().get(back.removeprefix("http://testserver"))
    assert state() == SessionStatus.PROCESSING


def test_placing_the_same_basket_again_leads_to_nothing_to_pay(debit, placed, checkout):
    debit()
    again = place_order(checkout_token=checkout.pk)
    assert (again.order_id, again.created) == (placed.order_id, False)
    with pytest.raises(PaymentProcessing):
        start_payment(order_id=again.order_id)


@pytest.mark.parametrize("told", [True, False])
def test_a_changed_basket_is_refused_in_words_not_as_a_failure_of_ours(
    debit, sandbox, session, placed, checkout, variant, told
):
    debit() if told else sandbox.debit(session.reference)
    change_quantity(checkout, 1)
    with pytest.raises(PaymentProcessing, match="Your bank payment is on its way"):
        place_order(checkout_token=checkout.pk)
    assert pieces_held(variant) == 2


def test_it_cannot_be_cancelled_meanwhile_and_says_why(debit, placed):
    debit()
    assert f"/orders/{placed.order_token}/cancel/" not in page_of(placed)
    answer = customer(placed).post(f"/orders/{placed.order_token}/cancel/")
    assert ON_ITS_WAY in answer.content.decode()
    assert Order.objects.get().status == "unfulfilled"


def test_it_stays_held_long_after_the_page_at_stripe_has_ended(debit, sandbox, variant):
    debit()
    asked = len(sandbox.events())
    later = timezone.now() + timedelta(days=5)
    assert release_unpaid_orders(now=later) == 0
    assert (pieces_held(variant), state()) == (2, SessionStatus.PROCESSING)
    assert len(sandbox.events()) == asked


def test_nobody_is_reminded_to_pay(debit, placed):
    debit()
    PaymentSession.objects.update(expires_at=timezone.now() + timedelta(minutes=5))
    assert queue_payment_reminders() == 0
    assert not OutgoingEmail.objects.filter(kind="payment_needed").exists()


def test_the_money_that_comes_pays_the_order(debit, client, sandbox, placed, session):
    debit()
    sandbox.control("settle", id=session.reference)
    send(client, sandbox.event(SUCCEEDED))
    assert Order.objects.get().is_fully_paid()
    assert state() == SessionStatus.PAID
    assert not Checkout.objects.exists()
    assert ON_ITS_WAY not in page_of(placed)


def test_money_whose_event_got_lost_is_found(debit, sandbox, session):
    debit()
    sandbox.control("settle", id=session.reference)
    events.reconcile(grace=timedelta(0))
    assert Order.objects.get().is_fully_paid()


def test_a_debit_that_fails_frees_the_goods_and_tells_the_customer(
    debit, client, sandbox, placed, session, checkout, variant
):
    debit(BAD_DEBIT)
    sandbox.control("settle", id=session.reference)
    for event in sandbox.events()[-3:]:
        send(client, event)
    assert Order.objects.get().status == "canceled"
    assert pieces_held(variant) == 0
    assert Checkout.objects.get() == checkout
    email = OutgoingEmail.objects.get(order_id=placed.order_id, kind="released")
    assert email.dedup_key == "bank-refused"
    again = place_order(checkout_token=checkout.pk)
    assert again.created
    assert start_payment(order_id=again.order_id).url


def test_the_events_in_the_wrong_order_change_nothing(debit, client, sandbox, session):
    sandbox.debit(session.reference)
    sandbox.control("settle", id=session.reference)
    send(client, sandbox.event(SUCCEEDED))
    send(client, sandbox.event(COMPLETED))
    assert Order.objects.get().is_fully_paid()
    assert state() == SessionStatus.PAID
