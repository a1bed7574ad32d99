"""Refunds at the same time, and refunds whose provider is away."""

from functools import partial

import pytest
from prices import Money
from saleor.order.models import Order
from saleor.payment.models import Payment, Transaction

from plugins.ordering.models import PaymentSession, Refund
from plugins.ordering.order_state import is_paid
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import perform_refund, perform_waiting_refunds, request_refund
from tests.factories import VoucherFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import events
from tests.refunding import record_refund

pytestmark = pytest.mark.django_db(transaction=True)


def pay(checkout):
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    session = PaymentSession.objects.get(order_id=placed.order_id)
    record_payment(provider="fake", reference=session.reference, amount=placed.total, raw_id="ch_1")
    return Order.objects.get(pk=placed.order_id)


@pytest.fixture
def order(provider):
    """A paid order of two pieces at 49.00 and 3.50 for the delivery."""
    return pay(basket((variant_in_stock(9), 2)))


def refunds(provider):
    return [details for what, details in provider.calls if what == "refund"]


def test_eight_askers_with_one_key_are_one_refund(provider, order):
    ask = partial(request_refund, order_id=order.pk, key="k", reason="x")
    outcomes = at_once(*[ask] * 8)
    assert sum(outcome.created for outcome in outcomes) == 1
    assert len({outcome.refund_id for outcome in outcomes}) == 1
    assert Transaction.objects.filter(kind="refund").count() == 1
    assert Payment.objects.get().captured_amount == 0


def test_askers_at_once_never_get_more_than_came_in(provider, order):
    part = Money("40.00", "GBP")
    asks = [
        partial(request_refund, order_id=order.pk, key=f"k{n}", reason="x", amount=part)
        for n in range(6)
    ]
    outcomes = at_once(*asks)
    refused = [outcome for outcome in outcomes if isinstance(outcome, RefundRefused)]
    assert len(refused) == 4
    assert Payment.objects.get().captured_amount == order.total_gross_amount - 80


def test_workers_at_once_book_a_refund_once(provider, order, monkeypatch):
    monkeypatch.setattr("plugins.ordering.refunds._publish", lambda _: None)
    asked = request_refund(order_id=order.pk, key="k", reason="x")
    at_once(*[partial(perform_refund, refund_id=asked.refund_id)] * 6)
    assert Transaction.objects.filter(kind="refund").count() == 1
    assert events(order.pk)["payment_refunded"] == 1
    assert {call["key"] for call in refunds(provider)} == {"k"}


def test_provider_away_keeps_the_refund_for_the_sweeper(provider, order):
    provider.is_down = True
    with pytest.raises(Exception, match="down"):
        ask_and_perform(order)
    assert Refund.objects.get().state == "asked"
    assert is_paid(order)
    provider.is_down = False
    Refund.objects.update(created_at="2020-01-01T00:00Z")
    assert perform_waiting_refunds() == 1
    assert (Refund.objects.get().state, perform_waiting_refunds()) == ("succeeded", 0)


def ask_and_perform(order):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("plugins.ordering.refunds._publish", lambda _: None)
        asked = request_refund(order_id=order.pk, key="k", reason="x")
    return perform_refund(refund_id=asked.refund_id)


@pytest.mark.parametrize(
    ("news", "state", "captured"),
    [
        (("pending", "succeeded"), "succeeded", 0),
        (("succeeded", "pending"), "succeeded", 0),
        (("succeeded", "failed"), "failed", 1),
        (("failed", "succeeded"), "failed", 1),
        (("pending", "failed", "pending"), "failed", 1),
        (("succeeded", "succeeded"), "succeeded", 0),
    ],
)
def test_news_in_any_order_ends_in_one_state(provider, order, monkeypatch, news, state, captured):
    monkeypatch.setattr("plugins.ordering.refunds._publish", lambda _: None)
    asked = request_refund(order_id=order.pk, key="k", reason="x")
    for word in news:
        record_refund(refund_id=asked.refund_id, state=RefundState(word, "re_1"))
    assert Refund.objects.get().state == state
    assert Payment.objects.get().captured_amount == captured * order.total_gross_amount


def test_lines_of_a_discounted_order_go_back_at_what_was_paid(provider):
    voucher = VoucherFactory()
    order = pay(basket((variant_in_stock(9), 2), voucher=voucher))
    line = order.lines.get()
    goods = line.unit_price_gross_amount * 2 - order.discount_amount
    assert order.discount_amount > 0
    outcome = request_refund(order_id=order.pk, key="k", reason="x", lines={line.pk: 2})
    assert outcome.amount.amount == goods


def test_line_of_another_order_is_refused(provider, order):
    with pytest.raises(RefundRefused, match="not part of the order"):
        request_refund(order_id=order.pk, key="k", reason="x", lines={0: 1})
    assert not Refund.objects.exists()
