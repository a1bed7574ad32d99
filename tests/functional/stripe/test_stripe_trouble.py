"""Stripe slow, down, unsure, or telling of money that does not fit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from prices import Money
from saleor.checkout.models import Checkout
from saleor.order.models import Order, OrderEvent
from saleor.payment.models import Payment, Transaction

from plugins.ordering.ending import release_order
from plugins.ordering.models import PaymentSession, Refund, SessionStatus
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.outcomes import PaymentUnavailable
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from plugins.ordering.signals import payment_needs_attention
from plugins.stripe_payments import client, events
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.events import WEBHOOK_GRACE
from plugins.stripe_payments.models import StripeEvent, UnmatchedPayment
from plugins.stripe_payments.sessions import apply_session
from tests.factories import change_quantity
from tests.functional.ordering.reading import live_orders, pieces_held
from tests.functional.stripe.sandbox import send

pytestmark = pytest.mark.django_db(transaction=True)
COMPLETED = "checkout.session.completed"
CREATE = "POST /v1/checkout/sessions"


@pytest.fixture
def order(sandbox, checkout):
    """An order whose payment was not started."""
    return place_order(checkout_token=checkout.pk)


@pytest.fixture
def told():
    """What staff are to be told, as (order, reason, dedup_key)."""
    news = []

    def note(order_id, reason, dedup_key, **_):
        news.append((order_id, reason, dedup_key))

    payment_needs_attention.connect(note)
    yield news
    payment_needs_attention.disconnect(note)


@pytest.fixture
def impatient(monkeypatch):
    """A client that gives up after a fraction of a second."""
    monkeypatch.setattr(client, "READ_TIMEOUT", 0.3)
    client._stripe.cache_clear()
    yield
    client._stripe.cache_clear()


def opened(sandbox, order):
    """Return how many pages Stripe opened for the order, among tests with the same numbers."""
    session = PaymentSession.objects.get(order_id=order.order_id)
    key = f"{session.idempotency_key}-{order.order_token[:8]}"
    return [s for s in sandbox.read("sessions") if s["metadata"]["session"] == key]


@pytest.mark.parametrize("fault", ["error_500", "rate_limit", "reset", "delay"])
def test_short_trouble_is_waited_out_and_opens_one_page(sandbox, order, impatient, fault):
    sandbox.fault(fault, CREATE, seconds=0)
    start_payment(order_id=order.order_id)
    assert len(opened(sandbox, order)) == 1


@pytest.mark.parametrize("fault", ["answer_late", "timeout"])
def test_time_out_opens_one_page(sandbox, order, impatient, fault):
    sandbox.fault(fault, CREATE, seconds=0.6)
    start_payment(order_id=order.order_id)
    assert len(opened(sandbox, order)) == 1


def test_error_after_the_fact_is_looked_up_and_not_repeated(sandbox, order, impatient):
    sandbox.fault("error_500_after", CREATE)
    start = start_payment(order_id=order.order_id)
    (made,) = opened(sandbox, order)
    assert start.url == made["url"]


def test_stripe_down_keeps_the_order_and_a_second_try_opens_one_page(sandbox, order, impatient):
    sandbox.fault("timeout", "*", times=20, seconds=0.5)
    with pytest.raises(PaymentUnavailable):
        start_payment(order_id=order.order_id)
    assert (len(live_orders()), len(opened(sandbox, order))) == (1, 0)
    sandbox.control("behave")
    start_payment(order_id=order.order_id)
    assert len(opened(sandbox, order)) == 1


def test_crash_after_opening_opens_no_second_page(sandbox, order):
    """The web process died before it wrote the page down; the customer tries again."""
    start_payment(order_id=order.order_id)
    PaymentSession.objects.update(state=SessionStatus.NEW, reference="", url="", provider="")
    start_payment(order_id=order.order_id)
    assert len(opened(sandbox, order)) == 1


def test_page_ends_a_minute_before_the_reservation(sandbox, placed, session):
    (made,) = opened(sandbox, placed)
    assert made["expires_at"] == int(session.expires_at.timestamp()) - 60
    assert made["expires_at"] - made["created"] > 30 * 60


def test_payment_of_a_page_that_nobody_wrote_down_is_matched(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    PaymentSession.objects.update(state=SessionStatus.NEW, reference="", url="", provider="")
    send(client, sandbox.event(COMPLETED))
    assert Order.objects.get().is_fully_paid()
    assert PaymentSession.objects.get().reference == session.reference


def test_coming_back_without_paying_keeps_page_and_basket(sandbox, placed, checkout, session):
    again = place_order(checkout_token=checkout.pk)
    assert not again.created
    assert start_payment(order_id=again.order_id).url == session.url
    assert Checkout.objects.get() == checkout


def test_changed_basket_closes_the_old_page(sandbox, placed, checkout, session, variant):
    change_quantity(checkout, 1)
    new = place_order(checkout_token=checkout.pk)
    start_payment(order_id=new.order_id)
    assert [order.pk for order in live_orders()] == [new.order_id]
    assert "no longer open" in sandbox.pay(session.reference).text
    assert pieces_held(variant) == 1


def test_paid_at_the_last_moment_is_kept_when_its_time_is_over(sandbox, placed, session):
    sandbox.pay(session.reference)
    outcome = release_order(order_id=placed.order_id, reason="Not paid in time.")
    assert outcome.state == "paid"
    assert Order.objects.get().is_fully_paid()


def test_debit_on_its_way_keeps_the_order_held(sandbox, placed, session, variant):
    sandbox.debit(session.reference)
    outcome = release_order(order_id=placed.order_id, reason="Not paid in time.")
    assert outcome.state == "kept"
    assert pieces_held(variant) == 2


def test_stripe_unreachable_keeps_stock_held_for_now(sandbox, placed, variant, impatient):
    sandbox.fault("timeout", "*", times=20, seconds=0.5)
    assert release_order(order_id=placed.order_id, reason="x").state == "kept"
    assert pieces_held(variant) == 2


def released_but_paid(sandbox, placed, session):
    """Take money for an order that is gone, as a page does that could not be closed."""
    PaymentSession.objects.update(reference="", state=SessionStatus.NEW)
    release_order(order_id=placed.order_id, reason="Not paid in time.")
    PaymentSession.objects.update(reference=session.reference)
    sandbox.pay(session.reference)


def test_payment_without_a_live_order_is_returned_once(client, sandbox, placed, session, variant):
    released_but_paid(sandbox, placed, session)
    event = sandbox.event(COMPLETED)
    for _ in range(2):
        delete_events()
        send(client, event)
    refund = Refund.objects.get()
    assert (refund.amount, refund.state) == (placed.total, "succeeded")
    (row,) = [p for p in sandbox.ledger["payments"] if p["session"] == session.reference]
    assert row["captured"] == row["refunded"] == 10150
    order = Order.objects.get()
    assert attention_reasons(order) == ["paid_after_release"]
    assert OrderEvent.objects.filter(order=order, type="payment_refunded").count() == 1
    assert (order.status, pieces_held(variant)) == ("canceled", 0)
    assert Payment.objects.get().captured_amount == 0
    released, message = mail.outbox
    assert "We no longer hold your order" in released.body
    assert "was no longer held for you" in " ".join(message.body.split())


def delete_events():
    """Make the shop take the next event as new."""
    StripeEvent.objects.all().delete()


def money_of(sandbox, session):
    (row,) = [p for p in sandbox.ledger["payments"] if p["session"] == session.reference]
    return row


def test_payment_whose_row_is_gone_pays_the_order_that_it_names(client, sandbox, placed, session):
    """As after a backup was restored."""
    sandbox.pay(session.reference)
    PaymentSession.objects.all().delete()
    events.reconcile()
    send(client, sandbox.event(COMPLETED))
    assert Order.objects.get().is_fully_paid()
    assert (Transaction.objects.count(), PaymentSession.objects.get().state) == (1, "paid")
    row = money_of(sandbox, session)
    assert row["refunded"] == 0
    assert not UnmatchedPayment.objects.filter(intent=row["payment_intent"]).exists()


def test_payment_whose_row_is_gone_is_returned_if_its_order_is_gone_too(
    client, sandbox, placed, session
):
    PaymentSession.objects.update(reference="", state=SessionStatus.NEW)
    release_order(order_id=placed.order_id, reason="Not paid in time.")
    PaymentSession.objects.all().delete()
    sandbox.pay(session.reference)
    send(client, sandbox.event(COMPLETED))
    events.reconcile()
    assert money_of(sandbox, session)["refunded"] == 10150
    assert list(Transaction.objects.order_by("pk").values_list("kind", flat=True)) == [
        "capture", "refund",
    ]  # fmt: skip
    assert OrderEvent.objects.filter(type="payment_refunded").count() == 1
    assert [message.subject.split(" for ")[0] for message in mail.outbox] == [
        f"Your Stillwater order {placed.order_id} is no longer held",
        "Refund",
    ]


def test_payment_of_another_shop_with_our_number_is_shown_to_staff_and_left_alone(
    client, sandbox, placed, session, told
):
    """Every shop on the account counts its orders from one: the number alone proves nothing."""
    sandbox.pay(session.reference)
    PaymentSession.objects.all().delete()
    Order.objects.update(token="of-another-shop")
    events.reconcile()
    delete_events()
    send(client, sandbox.event(COMPLETED))
    row = money_of(sandbox, session)
    assert (row["captured"], row["refunded"]) == (10150, 0)
    assert UnmatchedPayment.objects.filter(intent=row["payment_intent"]).count() == 1
    assert told.count((None, "unmatched_payment", f"unmatched-{row['payment_intent']}")) == 1
    assert not Order.objects.get().is_fully_paid()
    assert not Transaction.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount_total": 100}, "wrong_amount"),
        ({"currency": "eur"}, "wrong_currency"),
        ({"client_reference_id": "999999"}, "wrong_order"),
    ],
)
def test_money_that_does_not_fit_is_flagged_and_ships_nothing(
    sandbox, placed, session, monkeypatch, change, reason
):
    sandbox.pay(session.reference)
    names = {"amount_total": "amount", "client_reference_id": "order_number"}
    wrong = {names.get(name, name): value for name, value in change.items()}
    apply_session(replace(get_stripe().get_session(session.reference), **wrong))
    order = Order.objects.get()
    assert attention_reasons(order) == [reason]
    assert Transaction.objects.get().is_success
    assert OrderEvent.objects.filter(type="note_added").count() == 1
    assert not order.is_fully_paid()
    assert list(Order.objects.ready_to_fulfill()) == []
    assert not Refund.objects.exists()
    assert mail.outbox == []


def test_payment_that_names_another_order_is_not_counted_by_the_sweeper_either(
    sandbox, placed, session, variant, monkeypatch
):
    sandbox.pay(session.reference)
    monkeypatch.setattr(client, "_session", wrong_order(client._session))
    assert release_order(order_id=placed.order_id, reason="x").state == "kept"
    events.reconcile(grace=timedelta(0))
    order = Order.objects.get()
    assert attention_reasons(order) == ["wrong_order"]
    assert (order.is_fully_paid(), pieces_held(variant)) == (False, 2)


def wrong_order(read):
    return lambda session: replace(read(session), order_number="999999")


def test_lost_webhooks_are_made_up_by_reconciliation(sandbox, placed, session):
    sandbox.pay(session.reference)
    PaymentSession.objects.update(created_at=session.created_at - 2 * WEBHOOK_GRACE)
    events.reconcile()
    assert Order.objects.get().is_fully_paid()
    assert len(mail.outbox) == 1


def test_reconciliation_finds_payments_that_our_rows_call_ended(sandbox, placed, session):
    sandbox.pay(session.reference)
    PaymentSession.objects.update(state=SessionStatus.EXPIRED)
    events.reconcile()
    assert Order.objects.get().is_fully_paid()


def test_reconciliation_twice_changes_nothing(sandbox, placed, session):
    sandbox.pay(session.reference)
    PaymentSession.objects.update(created_at=session.created_at - 2 * WEBHOOK_GRACE)
    events.reconcile()
    before = Transaction.objects.count(), OrderEvent.objects.count()
    events.reconcile()
    assert (Transaction.objects.count(), OrderEvent.objects.count()) == before
    assert before[0] == 1


def test_zero_total_never_reaches_stripe(sandbox, checkout):
    order = place_order(checkout_token=checkout.pk)
    Order.objects.update(total_gross_amount=0, total_net_amount=0)
    PaymentSession.objects.update(amount_value=0)
    asked = len(sandbox.read("requests"))
    assert start_payment(order_id=order.order_id).url is None
    assert len(sandbox.read("requests")) == asked
    assert Payment.objects.get().total == Money(0, "GBP").amount
