"""Opening the payment of an order."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from prices import Money
from saleor.checkout.models import Checkout
from saleor.order.models import Order
from saleor.payment.models import Payment

from plugins.ordering.ending import release_order
from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.outcomes import OrderReleased, PaymentStart, PaymentUnavailable
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from tests.factories import GiftCardFactory, VoucherFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import events

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def placed(provider, settings):
    settings.RESERVATION_MINUTES = 30
    return place_order(checkout_token=basket((variant_in_stock(9), 1)).pk)


def test_provider_learns_number_token_amount_and_two_addresses_only(placed, provider):
    url = start_payment(order_id=placed.order_id).url
    session = PaymentSession.objects.get()
    assert url == session.url == f"https://pay.test/{session.reference}"
    assert provider.calls == [
        (
            "open",
            {
                "key": session.idempotency_key,
                "order_number": placed.number,
                "order_token": placed.order_token,
                "amount": Money("52.50", "GBP"),
                "expires_at": session.expires_at,
                "return_url": f"http://testserver/orders/{placed.order_token}/",
                "cancel_url": "http://testserver/basket/",
                "receipt_email": "",
            },
        )
    ]


def test_amount_is_the_stored_total_whatever_the_price_is_now(placed, provider):
    order = Order.objects.get()
    product = order.lines.get().variant.product
    product.price_amount = "999.00"
    product.save()
    start_payment(order_id=placed.order_id)
    assert provider.calls[0][1]["amount"] == Money("52.50", "GBP") == order.total.gross


def test_asking_again_gives_the_same_page_without_asking_the_provider(placed, provider):
    first = start_payment(order_id=placed.order_id)
    assert start_payment(order_id=placed.order_id) == first
    assert len(provider.calls) == 1


def test_provider_down_keeps_the_order_and_works_later(placed, provider):
    provider.is_down = True
    with pytest.raises(PaymentUnavailable):
        start_payment(order_id=placed.order_id)
    assert PaymentSession.objects.get().state == SessionStatus.NEW
    provider.is_down = False
    assert start_payment(order_id=placed.order_id).url


def test_late_first_try_gets_a_session_with_the_full_time(placed, provider):
    PaymentSession.objects.update(expires_at=timezone.now() + timedelta(minutes=20))
    start_payment(order_id=placed.order_id)
    old, new = PaymentSession.objects.order_by("pk")
    assert (old.state, new.state) == (SessionStatus.EXPIRED, SessionStatus.OPEN)
    assert provider.calls[0][1]["expires_at"] - timezone.now() >= timedelta(minutes=30)


def test_ended_session_is_closed_and_a_new_one_opened(placed, provider):
    first = start_payment(order_id=placed.order_id).url
    PaymentSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    second = start_payment(order_id=placed.order_id).url
    assert first != second
    assert [what for what, _ in provider.calls] == ["open", "close", "open"]
    states = list(PaymentSession.objects.order_by("pk").values_list("state", flat=True))
    assert states == [SessionStatus.EXPIRED, SessionStatus.OPEN]


def test_ended_session_that_was_paid_needs_no_new_one(placed, provider):
    start_payment(order_id=placed.order_id)
    PaymentSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    provider.pay_at_provider(PaymentSession.objects.get().reference, placed.total)
    assert start_payment(order_id=placed.order_id) == PaymentStart(url=None)
    assert Order.objects.get().is_fully_paid()


def test_released_order_cannot_be_paid(placed):
    release_order(order_id=placed.order_id, reason="x")
    with pytest.raises(OrderReleased):
        start_payment(order_id=placed.order_id)


def test_order_released_while_the_provider_opens_is_closed_there(placed, provider):
    provider.on_open = staticmethod(lambda **_: release_order(order_id=placed.order_id, reason="x"))
    with pytest.raises(OrderReleased):
        start_payment(order_id=placed.order_id)
    assert [what for what, _ in provider.calls] == ["open", "close"]
    assert {state.state for state in provider.sessions.values()} == {"closed"}
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("by", ["gift card", "voucher"])
def test_nothing_to_pay_completes_without_the_provider(provider, by):
    variant = variant_in_stock(3)
    if by == "gift card":
        checkout = basket((variant, 1), cards=[GiftCardFactory(initial_balance_amount="100")])
    else:
        voucher = VoucherFactory(discount_value_type="percentage", discount_value="100")
        checkout = basket((variant, 1), voucher=voucher)
        checkout.shipping_method.price_amount = 0
        checkout.shipping_method.save()
    placed = place_order(checkout_token=checkout.pk)
    assert placed.total == Money("0.00", "GBP")
    results = at_once(*[lambda: start_payment(order_id=placed.order_id)] * 8)
    assert results == [PaymentStart(url=None)] * 8
    assert provider.calls == []
    assert PaymentSession.objects.get().state == SessionStatus.PAID
    assert events(placed.order_id)["order_fully_paid"] == 1
    assert [order.pk for order in Order.objects.ready_to_fulfill()] == [placed.order_id]
    assert Checkout.objects.count() == 0
    assert len(mail.outbox) == 1


def test_paid_order_has_nothing_left_to_pay(placed):
    start_payment(order_id=placed.order_id)
    reference = PaymentSession.objects.get().reference
    record_payment(provider="fake", reference=reference, amount=placed.total, raw_id="x")
    assert start_payment(order_id=placed.order_id) == PaymentStart(url=None)
