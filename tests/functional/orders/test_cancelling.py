"""A customer cancels: once more asked, refunded in full, stock back, until packing begins."""

import pytest
from django.core import mail
from prices import Money
from saleor.order.models import Fulfillment, Order

from plugins.fulfilment.packing import start_packing
from plugins.ordering.ending import release_order
from plugins.ordering.models import Refund
from tests.factories import FakeProvider, UserFactory, variant_in_stock
from tests.functional.ordering.reading import pieces_held
from tests.personas import anonymous, customer, link_holder, staff, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def variant():
    return variant_in_stock(9, product__name="Gentle set", name="")


@pytest.fixture
def order(buy, variant):
    order = buy((variant, 2))
    mail.outbox.clear()
    return order


def address(order):
    return f"/orders/{order.token}/cancel/"


def cancel(order, client=None):
    return (client or link_holder(order)).post(address(order))


def test_asking_to_cancel_changes_nothing_yet(order, variant):
    page = link_holder(order).get(address(order)).content.decode()
    assert f"Cancel order {order.pk}?" in page
    assert "what you paid (£101.50) goes back" in page
    assert f"<title>Your order {order.pk} · Stillwater</title>" in page
    assert Order.objects.get().status == "unfulfilled"
    assert pieces_held(variant) == 2


def test_cancelling_gives_money_and_stock_back_and_tells_the_customer_once(order, variant):
    client = link_holder(order)
    for _ in range(2):  # pressed twice
        response = cancel(order, client)
        assert (response.status_code, response.headers["Location"]) == (
            303,
            f"/orders/{order.token}/",
        )
    order.refresh_from_db()
    assert order.status == "canceled"
    assert [refund.amount for refund in Refund.objects.all()] == [Money("101.50", "GBP")]
    assert len([name for name, _ in FakeProvider.calls if name == "refund"]) == 1
    assert pieces_held(variant) == 0
    assert {message.subject for message in mail.outbox} == {
        f"Your Stillwater order {order.pk} is cancelled",
        f"Refund for your Stillwater order {order.pk}",
    }
    assert len(mail.outbox) == 2
    page = " ".join(client.get(f"/orders/{order.token}/").content.decode().split())
    assert "This order is cancelled, and nothing of it will be sent." in page
    assert "−£101.50" in page
    assert "Cancel this order" not in page
    assert "Nothing was charged" not in page


def test_an_account_is_named_in_the_history_of_its_own_order(order):
    user = UserFactory()
    Order.objects.update(user=user)
    cancel(order, customer(user))
    assert order.events.get(type="canceled").user == user


def test_an_unpaid_order_is_released_and_charged_for_nothing(place, variant):
    order = place((variant, 2))
    assert cancel(order).status_code == 303
    assert Order.objects.get().status == "canceled"
    assert pieces_held(variant) == 0
    assert Refund.objects.count() == 0


def packed(order):
    start_packing(order_id=order.pk, user=UserFactory(is_staff=True))


def sent(order):
    Fulfillment.objects.create(order=order)


@pytest.mark.parametrize(
    ("happened", "why"),
    [(packed, "We have begun to pack your parcel"), (sent, "Your parcel is on its way")],
)
def test_once_packing_has_begun_it_is_too_late(order, variant, happened, why):
    client = link_holder(order)
    happened(order)
    page = client.get(address(order))
    assert why in page.content.decode()
    assert '<form method="post">' not in page.content.decode()
    answer = cancel(order, client)
    assert answer.status_code == 409
    assert why in answer.content.decode()
    assert Order.objects.get().status == "unfulfilled"
    assert Refund.objects.count() == 0
    assert pieces_held(variant) == 2


def test_one_that_ended_already_says_so(place):
    order = place()
    release_order(order_id=order.pk, reason="Not paid in time.")
    page = link_holder(order).get(address(order)).content.decode()
    assert "This order is cancelled already." in page


def test_while_the_provider_cannot_be_reached_nothing_is_cancelled(place):
    from plugins.ordering.paying import start_payment

    order = place()
    start_payment(order_id=order.pk)
    FakeProvider.is_down = True
    answer = cancel(order)
    assert answer.status_code == 409
    assert "We cannot reach our payment service right now" in answer.content.decode()
    assert Order.objects.get().status == "unfulfilled"


def test_nobody_else_can_cancel(order, variant):
    for somebody in (anonymous(), wrong_customer(), staff("order.manage_orders")):
        assert somebody.get(address(order)).status_code == 403
        assert cancel(order, somebody).status_code == 403
    assert Order.objects.get().status == "unfulfilled"
    assert pieces_held(variant) == 2


def test_the_button_needs_its_token(order):
    client = link_holder(order, enforce_csrf_checks=True)
    assert cancel(order, client).status_code == 403
    assert Order.objects.get().status == "unfulfilled"
