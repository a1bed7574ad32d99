"""A form that was refused shows what was sent; one that lacks a choice is not read as the usual."""

import re

import pytest
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.collection_points import import_points
from plugins.discreet_shipping.order_contract import choices_of, contract_of
from plugins.ordering.placing import place_order
from tests.functional.discretion.life import ADDRESS, USUAL, tomorrow
from tests.functional.discretion.test_discretion_browser import POINTS
from tests.personas import anonymous, link_holder
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
POINT = "LEW-2"
REFUSED = USUAL | {"point": POINT, "day": "not_before"}  # and no date
PLACES = ("/checkout/discretion/", "order")


@pytest.fixture
def guest(shop):
    import_points(content=POINTS)
    client = anonymous(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/checkout/address/", ADDRESS)
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    return client


@pytest.fixture(params=PLACES)
def form(request, guest):
    """Return a client, the address of its form, and what is stored behind it."""
    if request.param != "order":
        return guest, request.param, lambda: choices_of(Checkout.objects.get())
    order = Order.objects.get(pk=place_order(checkout_token=Checkout.objects.get().pk).order_id)
    builders.payment(order, order.total_gross_amount)
    client = link_holder(order)
    return client, f"/orders/{order.token}/discretion/", lambda: choices_of(Order.objects.get())


def ticked(page, name):
    radios = re.findall(r"<input\b[^>]*>", page)
    chosen = [each for each in radios if f'name="{name}"' in each and " checked" in each]
    return [re.search(r'value="([^"]*)"', each)[1] for each in chosen]


def test_a_chosen_point_stays_chosen_while_something_else_is_put_right(form):
    client, address, stored = form
    answer = client.post(address, REFUSED)
    page = answer.content.decode()
    assert (answer.status_code, "Choose a date." in page) == (422, True)
    assert ticked(page, "point") == [POINT]
    assert "Mon-Fri 9-17" in page
    sent = REFUSED | {"point": ticked(page, "point"), "not_before": tomorrow(7)}
    client.post(address, sent | {"day": "any"})
    assert stored().point == POINT


def test_a_search_keeps_the_point_that_was_chosen_and_saves_nothing(form):
    client, address, stored = form
    before = stored()
    page = client.post(address, USUAL | {"point": POINT, "postcode": "BN1 3XP", "search": "1"})
    text = page.content.decode()
    assert page.status_code == 200
    assert ticked(text, "point") == [POINT]
    assert text.count(f'value="{POINT}"') == 1
    assert "Nothing is saved yet" in text
    assert stored() == before


@pytest.mark.parametrize("name", sorted(set(USUAL) - {"other_name", "not_before"}))
def test_a_form_that_lacks_a_choice_is_refused_and_ticks_nothing_for_it(form, name):
    client, address, stored = form
    before = stored()
    sent = {key: value for key, value in USUAL.items() if key != name}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "Please choose" in answer.content.decode()
    assert ticked(answer.content.decode(), name) == []
    assert stored() == before


def test_enter_presses_a_button_that_saves_nothing(form):
    client, address, _stored = form
    page = client.get(address).content.decode()
    first = re.search(r"<button\b[^>]*>", page[page.index("data-enter") :])[0]
    assert 'name="search"' in first


def test_a_delivery_that_is_refused_ticks_nothing_that_was_not_sent(guest, shop):
    page = guest.get("/checkout/delivery/").content.decode()
    assert ticked(page, "method") == [str(shop.courier.pk)]
    for sent in ({}, {"method": "999999"}):
        answer = guest.post("/checkout/delivery/", sent)
        assert answer.status_code == 422
        assert ticked(answer.content.decode(), "method") == []


def test_an_order_knows_where_it_waits_and_how_long(guest):
    guest.post("/checkout/discretion/", USUAL | {"point": POINT})
    order = Order.objects.get(pk=place_order(checkout_token=Checkout.objects.get().pk).order_id)
    collection = contract_of(order)["collection"]
    assert collection == {"name": "Lewes Post Office", "hours": "Mon-Fri 9-17", "kept_days": 7}
    kinds = set(contract_of(order)["emails"])
    assert kinds >= {"ready_to_collect", "collected"}
    assert "delivered" not in kinds
