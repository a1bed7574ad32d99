"""Choices are remembered for signed-in customers who ask for it, and for nobody else."""

import pytest
from saleor.account.models import User
from saleor.checkout.models import Checkout

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.order_contract import (
    choices_of,
    remember_choices,
    remembered_choices,
)
from plugins.discreet_shipping.plugin import save_settings
from tests.factories import UserFactory
from tests.functional.discretion.life import ADDRESS, USUAL
from tests.personas import anonymous, customer, owner

pytestmark = pytest.mark.django_db
OWN = {"headers": {"Sec-Fetch-Site": "same-origin"}}
CHOSEN = USUAL | {"label_name": "initials", "code_word": "Bluebell"}
BOX = 'name="remember"'


@pytest.fixture
def robin():
    return UserFactory(email="robin@example.org")


def to_options(client, shop, **address):
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/checkout/address/", ADDRESS | address)
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    return client.get("/checkout/discretion/").content.decode()


def test_a_customer_who_asks_begins_the_next_order_with_the_same_choices(shop, robin):
    first = customer(robin, **OWN)
    page = to_options(first, shop)
    assert BOX in page
    assert f"{BOX} checked" not in page, "nobody is remembered unasked"
    first.post("/checkout/discretion/", CHOSEN | {"remember": "on"})
    robin.refresh_from_db()
    assert remembered_choices(user=robin) == Choices(label_name="initials")
    Checkout.objects.all().delete()
    page = to_options(customer(robin, **OWN), shop)
    assert f"{BOX} checked" in page
    assert choices_of(Checkout.objects.get()) == Choices(label_name="initials")


def test_a_customer_who_takes_the_tick_out_is_forgotten(shop, robin):
    remember_choices(user=robin, choices=Choices(slip="codes"), asked=True)
    client = customer(robin, **OWN)
    to_options(client, shop)
    client.post("/checkout/discretion/", CHOSEN)
    robin.refresh_from_db()
    assert remembered_choices(user=robin) is None


def test_what_was_chosen_for_this_basket_is_not_overwritten(shop, robin):
    remember_choices(user=robin, choices=Choices(slip="codes"), asked=True)
    client = customer(robin, **OWN)
    to_options(client, shop)
    client.post("/checkout/discretion/", CHOSEN | {"remember": "on"})
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    assert choices_of(Checkout.objects.get()).label_name == "initials"


def test_what_does_not_fit_any_more_is_left_out_whole(shop, robin):
    kept = Choices(handover="signature", slip="codes")
    remember_choices(user=robin, choices=kept, asked=True)
    save_settings(values={"signature_price": ""}, active=True)
    to_options(customer(robin, **OWN), shop)
    assert choices_of(Checkout.objects.get()) == Choices()
    assert customer(robin, **OWN).get("/checkout/seen/").status_code in {200, 303}


def test_refused_choices_are_not_remembered_and_keep_the_tick(shop, robin):
    client = customer(robin, **OWN)
    to_options(client, shop)
    wrong = client.post("/checkout/discretion/", CHOSEN | {"code_word": "<b>", "remember": "on"})
    assert wrong.status_code == 422
    assert f"{BOX} checked" in wrong.content.decode()
    robin.refresh_from_db()
    assert remembered_choices(user=robin) is None


@pytest.mark.parametrize("who", [anonymous, owner])
def test_strangers_and_staff_are_not_asked_and_not_remembered(shop, who):
    client = who(**OWN)
    assert BOX not in to_options(client, shop)
    client.post("/checkout/discretion/", CHOSEN | {"remember": "on"})
    assert choices_of(Checkout.objects.get()).label_name == "initials"
    assert all(remembered_choices(user=user) is None for user in User.objects.all())
