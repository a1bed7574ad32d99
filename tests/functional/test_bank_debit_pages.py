"""What somebody sees at the shop whose bank debit is under way, from the basket on."""

import pytest
from django.test import Client
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession
from plugins.ordering.payment_provider import SessionState
from plugins.ordering.payment_recording import record_processing
from tests.factories import FakeProvider
from tests.functional.test_storefront_checkout import ADDRESS, OWN, text
from tests.shown import pay

pytestmark = pytest.mark.django_db(transaction=True)  # no provider is called inside a transaction
UNREACHABLE = "We cannot reach our payment service"


@pytest.fixture
def guest(shop):
    """Someone who has just paid by bank debit and is back."""
    client = Client(headers=OWN)
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/checkout/address/", ADDRESS)
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    pay(client)
    session = PaymentSession.objects.get()
    FakeProvider.sessions[session.reference] = SessionState("processing")
    record_processing(session_id=session.pk)
    return client


def order_page():
    return f"/orders/{Order.objects.get().token}/"


def test_the_basket_says_so_and_does_not_offer_to_order_it_again(guest):
    page = text(guest.get("/basket/"))
    assert "your bank payment for it is on its way" in page
    assert "not paid yet" not in page


def test_paying_the_same_basket_again_leads_to_the_orders_page(guest):
    answer = pay(guest)
    assert (answer.status_code, answer["Location"]) == (303, order_page())
    page = text(guest.get(order_page()))
    assert "there is nothing to do" in page
    assert UNREACHABLE not in page


def test_another_basket_in_its_place_is_refused_in_words_with_a_way_to_the_order(guest, shop):
    guest.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    answer = pay(guest)
    assert answer.status_code == 409
    assert "Your bank payment is on its way" in text(answer)
    assert f'href="{order_page()}"' in text(answer)
    assert UNREACHABLE not in text(answer)
    assert Order.objects.count() == 1
