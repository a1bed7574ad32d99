"""From the order to the paid order, by webhook, by return page, or both."""

import pytest
from django.core import mail
from saleor.checkout.models import Checkout
from saleor.order.models import Order, OrderEvent
from saleor.payment.models import Payment, Transaction

from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.stripe_payments.models import StripeEvent
from tests.functional.ordering.reading import pieces_held
from tests.functional.stripe.sandbox import ASKS_3DS, BAD_DEBIT, DECLINED, send

pytestmark = pytest.mark.django_db(transaction=True)
COMPLETED = "checkout.session.completed"


def is_paid_once(order_id):
    order = Order.objects.get(pk=order_id)
    captures = Transaction.objects.filter(payment__order=order, is_success=True)
    return (
        order.is_fully_paid(),
        [row.amount for row in captures] == [order.total_gross_amount],
        Checkout.objects.count(),
        len(mail.outbox),
    ) == (True, True, 0, 1)


def events_of(order_id, kind):
    return list(OrderEvent.objects.filter(order_id=order_id, type=kind).values_list("pk"))


def test_page_asks_for_exactly_the_order_total(sandbox, placed, session):
    shown = next(p for p in sandbox.ledger["payments"] if p["session"] == session.reference)
    assert (shown["amount"], shown["currency"]) == (int(placed.total.amount * 100), "gbp")
    assert (shown["item"], shown["reference"]) == (f"Order {placed.number}", placed.number)
    assert session.url == sandbox.page_of(session.reference)


def test_webhook_alone_completes_the_order(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    assert send(client, sandbox.event(COMPLETED)).status_code == 200
    assert is_paid_once(placed.order_id)
    assert len(events_of(placed.order_id, "payment_captured")) == 1


def test_return_page_alone_completes_the_order(client, sandbox, placed, session):
    back = sandbox.pay(session.reference).headers["Location"]
    answer = client.get(back.removeprefix("http://testserver"))
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{placed.order_token}/")
    assert is_paid_once(placed.order_id)


def test_return_page_and_doubled_webhooks_complete_it_once(client, sandbox, placed, session):
    back = sandbox.pay(session.reference).headers["Location"]
    event = sandbox.event(COMPLETED)
    for _ in range(2):
        assert send(client, event).status_code == 200
        client.get(back.removeprefix("http://testserver"))
    assert is_paid_once(placed.order_id)
    assert StripeEvent.objects.get(event_id=event["id"]).deliveries == 2


def test_stripe_unreachable_on_return_leaves_it_to_the_webhook(client, sandbox, placed, session):
    back = sandbox.pay(session.reference).headers["Location"]
    sandbox.fault("rate_limit", "GET /v1/checkout/*", times=3)
    assert client.get(back.removeprefix("http://testserver")).status_code == 302
    assert not Order.objects.get().is_fully_paid()
    send(client, sandbox.event(COMPLETED))
    assert is_paid_once(placed.order_id)


def test_declined_then_paid(client, sandbox, placed, session):
    page = sandbox.pay(session.reference, DECLINED)
    assert "Your card was declined." in page.text
    send(client, sandbox.event("payment_intent.payment_failed"))
    assert not Order.objects.get().is_fully_paid()
    assert PaymentSession.objects.get().state == SessionStatus.OPEN
    assert len(events_of(placed.order_id, "payment_failed")) == 1
    sandbox.pay(session.reference)
    send(client, sandbox.event(COMPLETED))
    assert is_paid_once(placed.order_id)


@pytest.mark.parametrize(("outcome", "paid"), [("passed", True), ("failed", False)])
def test_3d_secure(client, sandbox, placed, session, variant, outcome, paid):
    assert "Your bank asks" in sandbox.pay(session.reference, ASKS_3DS).text
    sandbox.authenticate(session.reference, outcome)
    for event in sandbox.events():
        send(client, event)
    assert Order.objects.get().is_fully_paid() is paid
    assert pieces_held(variant) == 2


def test_bank_debit_waits_and_is_then_paid(client, sandbox, placed, session):
    sandbox.debit(session.reference)
    send(client, sandbox.event(COMPLETED))
    assert not Order.objects.get().is_fully_paid()
    sandbox.control("settle", id=session.reference)
    send(client, sandbox.event("checkout.session.async_payment_succeeded"))
    assert is_paid_once(placed.order_id)


def test_refused_bank_debit_releases_the_order_and_keeps_the_basket(
    client, sandbox, placed, session, checkout, variant
):
    sandbox.debit(session.reference, BAD_DEBIT)
    sandbox.control("settle", id=session.reference)
    send(client, sandbox.event("checkout.session.async_payment_failed"))
    assert Order.objects.get().status == "canceled"
    assert pieces_held(variant) == 0
    assert Checkout.objects.get() == checkout
    assert not Payment.objects.filter(captured_amount__gt=0).exists()


def test_expired_page_releases_the_order(client, sandbox, placed, session, checkout, variant):
    sandbox.control("expire", id=session.reference)
    send(client, sandbox.event("checkout.session.expired"))
    assert Order.objects.get().status == "canceled"
    assert pieces_held(variant) == 0
    assert Checkout.objects.get() == checkout
