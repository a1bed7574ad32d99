"""Orders that stay unpaid are released when their payment session has ended."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.utils import timezone
from saleor.order.models import Order
from saleor.payment.models import Transaction

from plugins.ordering.ending import release_unpaid_orders
from plugins.ordering.models import PaymentSession
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.tasks import release_unpaid_orders as release_task
from tests.factories import basket, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import events, live_orders, pieces_held

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(minutes=32)


@pytest.fixture
def variant(settings):
    settings.RESERVATION_MINUTES = 30
    return variant_in_stock(100)


def placed(variant, *, opened=True):
    placed = place_order(checkout_token=basket((variant, 1)).pk)
    if opened:
        start_payment(order_id=placed.order_id)
    return placed


def test_ended_orders_are_released_opened_or_not(provider, variant):
    placed(variant)
    placed(variant, opened=False)
    assert release_unpaid_orders(now=timezone.now() + LATER) == 2
    assert live_orders() == []
    assert pieces_held(variant) == 0


def test_orders_in_time_are_left_alone(provider, variant):
    placed(variant)
    assert release_unpaid_orders(now=timezone.now() + timedelta(minutes=29)) == 0
    assert release_task() == 0
    assert pieces_held(variant) == 1


def test_paid_orders_are_left_alone(provider, variant):
    order = placed(variant)
    provider.pay_at_provider(PaymentSession.objects.get().reference, order.total)
    assert release_unpaid_orders(now=timezone.now() + LATER) == 0
    assert Order.objects.get().is_fully_paid()
    assert release_unpaid_orders(now=timezone.now() + LATER) == 0


def test_one_order_that_fails_does_not_keep_the_others(provider, variant):
    first, _second = placed(variant), placed(variant)
    broken = PaymentSession.objects.get(order_id=first.order_id).reference

    def fail(reference):
        if reference == broken:
            raise RuntimeError

    provider.on_close = staticmethod(fail)
    assert release_unpaid_orders(now=timezone.now() + LATER) == 1
    assert [order.pk for order in live_orders()] == [first.order_id]
    provider.on_close = staticmethod(lambda **_: None)
    assert release_unpaid_orders(now=timezone.now() + LATER) == 1


@pytest.mark.parametrize("_round", range(5))
def test_payment_and_release_at_the_same_moment_end_consistently(provider, variant, _round):
    order = placed(variant)
    session = PaymentSession.objects.get()
    pay = partial(
        record_payment,
        provider="fake",
        reference=session.reference,
        amount=order.total,
        raw_id="ch_1",
    )
    sweep = partial(release_unpaid_orders, now=timezone.now() + LATER)
    paid, *_ = at_once(pay, sweep, pay, sweep)
    row = Order.objects.get()
    assert Transaction.objects.count() == 1
    if row.status == "canceled":
        assert paid.state == "needs_attention"
        assert attention_reasons(row) == ["paid_after_release"]
        assert (pieces_held(variant), events(row.pk)["order_fully_paid"]) == (0, 0)
        assert [message.subject for message in mail.outbox] == [
            f"Your Stillwater order {row.pk} is no longer held"
        ]
    else:
        assert paid.state in {"paid", "already_paid"}
        assert not attention_reasons(row)
        assert (pieces_held(variant), events(row.pk)["order_fully_paid"]) == (1, 1)
        assert len(mail.outbox) == 1
