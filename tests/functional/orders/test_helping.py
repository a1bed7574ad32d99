"""What an order's page offers: a question, all of it again, and the ways to its products."""

import time

import pytest
from saleor.checkout.models import Checkout

from plugins.order_emails.customer_messages import MIN_SECONDS, form_seal
from plugins.order_emails.models import CustomerMessage
from plugins.ordering.erasure import anonymise_order
from tests import personas
from tests.factories import UserFactory
from tests.personas import link_holder

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(order, client):
    return " ".join(client.get(f"/orders/{order.token}/").content.decode().split())


def ask(order, client, **fields):
    ready = {"text": "Where is it?", "seal": form_seal(time.time() - MIN_SECONDS - 1)}
    return client.post(f"/orders/{order.token}/question/", ready | fields)


def test_a_question_is_bound_to_its_order_and_needs_no_address(buy):
    order = buy()
    client = link_holder(order)
    assert f"/orders/{order.token}/question/" in page_of(order, client)
    form = client.get(f"/orders/{order.token}/question/")
    assert f"<title>Your order {order.pk} · Stillwater</title>" in " ".join(
        form.content.decode().split()
    )
    assert "no-store" in form["Cache-Control"]
    assert "We have your message" in ask(order, client).content.decode()
    kept = CustomerMessage.objects.get()
    assert (kept.order, kept.email, kept.text) == (order, "", "Where is it?")
    support = personas.in_role("Support")
    page = support.get(f"/staff/order_emails/customermessage/{kept.pk}/change/").content.decode()
    assert order.get_customer_email() in page
    anonymise_order(order=order)
    assert not CustomerMessage.objects.exists()


def test_an_empty_question_is_refused(buy):
    order = buy()
    answer = ask(order, link_holder(order), text="")
    assert answer.status_code == 422
    assert "Write your message." in answer.content.decode()
    assert not CustomerMessage.objects.exists()


@pytest.mark.parametrize("page", ["question", "again"])
def test_nobody_else_can_ask_or_buy_it_again(buy, page):
    order = buy()
    for client in (personas.anonymous(), personas.wrong_customer(), personas.in_role("Support")):
        answer = client.post(f"/orders/{order.token}/{page}/", {"text": "x", "seal": form_seal(1)})
        assert answer.status_code == 403
    assert not CustomerMessage.objects.exists()


def test_everything_is_bought_again_by_one_button_as_far_as_it_is_there(shop, buy):
    Checkout.objects.all().delete()
    order = buy((shop.starter, 2), (shop.single, 1))
    client = link_holder(order)
    page = page_of(order, client)
    assert f'href="/sets/starter-set/?option={shop.starter.pk}"' in page
    assert f"/orders/{order.token}/again/" in page
    shop.set_stock(shop.single, 0)
    answer = client.post(f"/orders/{order.token}/again/", {"form_token": "a" * 32})
    assert answer.status_code == 409
    assert "Smooth single" in answer.content.decode()
    lines = Checkout.objects.get().lines.all()
    assert {line.variant_id: line.quantity for line in lines} == {shop.starter.pk: 2}


def test_an_unpaid_order_offers_no_second_one(place):
    order = place()
    assert "/again/" not in page_of(order, link_holder(order))


def test_its_customer_may_ask_from_the_account(buy):
    user = UserFactory()
    order = buy()
    order.user = user
    order.save()
    assert ask(order, personas.customer(user)).status_code == 200
    assert CustomerMessage.objects.get().order == order
