"""Buying while signed in, and several people at one browser."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from saleor.account.models import Address, User
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.choices import Choices, to_data
from tests import personas
from tests.factories import AddressFactory
from tests.functional.accounts.conftest import PASSWORD
from tests.functional.accounts.test_logging_in import log_in
from tests.functional.test_storefront_checkout import ADDRESS, OWN
from tests.shown import pay as place

pytestmark = pytest.mark.django_db(transaction=True)  # no provider is called inside a transaction


@pytest.fixture
def browser():
    return Client(headers=OWN)


def fill(client, shop):
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})


def go_to_review(client, shop, **fields):
    client.post("/checkout/address/", {**ADDRESS, **fields})
    client.post("/checkout/delivery/", {"method": shop.courier.pk})


def text(answer):
    return answer.content.decode()


def has_basket(client):
    return "There is nothing in your basket." not in text(client.get("/basket/"))


def test_an_order_of_a_customer_is_in_their_account(browser, shop, robin):
    log_in(robin.email, client=browser)
    fill(browser, shop)
    go_to_review(browser, shop)
    place(browser)
    order = Order.objects.get()
    assert (order.user, order.user_email) == (robin, "robin@example.org")
    assert robin.addresses.count() == 0  # nothing is put there unasked
    assert f"Order {order.pk}" in text(browser.get("/account/orders/"))


def test_pressed_twice_it_is_one_order_in_the_account(browser, shop, robin):
    log_in(robin.email, client=browser)
    fill(browser, shop)
    go_to_review(browser, shop)
    place(browser)
    place(browser)
    assert Order.objects.get().user == robin


def test_an_order_of_staff_who_buy_is_a_guests_order(shop):
    client = personas.owner(headers=OWN)
    fill(client, shop)
    assert "Check out as a guest" in text(client.get("/basket/"))
    go_to_review(client, shop)
    place(client)
    assert Order.objects.get().user is None


def test_the_checkout_starts_with_the_usual_address(browser, shop, robin):
    usual, other = AddressFactory(), AddressFactory(street_address_1="9 Book Street")
    robin.addresses.set([usual, other])
    robin.default_shipping_address = usual
    robin.save()
    log_in(robin.email, client=browser)
    fill(browser, shop)

    page = text(browser.get("/checkout/address/"))
    assert 'value="4 Mill Lane"' in page
    assert 'value="robin@example.org"' in page
    assert 'value="9 Book Street"' in text(browser.get(f"/checkout/address/?from={other.pk}"))
    assert Checkout.objects.get().shipping_address is None  # looking is not choosing


@pytest.mark.parametrize("wild", ["0", "x", "99999999999999999999", "²", ""])
def test_a_wild_or_foreign_address_is_not_shown(browser, shop, robin, wild):
    foreign = AddressFactory(street_address_1="9 Book Street")
    log_in(robin.email, client=browser)
    fill(browser, shop)
    for chosen in (wild, foreign.pk):
        answer = browser.get(f"/checkout/address/?from={chosen}")
        assert answer.status_code == 200
        assert "9 Book Street" not in text(answer)


def test_an_address_is_kept_in_the_account_when_asked(browser, shop, robin):
    log_in(robin.email, client=browser)
    fill(browser, shop)
    assert "Keep this address in my account" in text(browser.get("/checkout/address/"))
    go_to_review(browser, shop, keep_address="1")
    (kept,) = robin.addresses.all()
    assert kept.street_address_1 == "4 Mill Lane"
    assert kept.pk != Checkout.objects.get().shipping_address_id


def test_a_guest_cannot_keep_an_address_and_is_told_that_no_account_is_needed(browser, shop):
    fill(browser, shop)
    page = text(browser.get("/checkout/address/"))
    assert "Keep this address" not in page
    assert 'href="/account/login/?next=/checkout/address/"' in page
    go_to_review(browser, shop, keep_address="1")
    assert Address.objects.filter(user_addresses__isnull=False).count() == 0


def test_what_a_guest_put_in_stays_after_the_log_in(browser, shop, robin):
    fill(browser, shop)
    go_to_review(browser, shop)
    log_in(robin.email, client=browser)
    page = text(browser.get("/checkout/review/"))
    assert "4 Mill Lane" in page  # the same address: it is theirs
    place(browser)
    assert Order.objects.get().user == robin


def test_the_address_and_wishes_of_another_guest_do_not_appear(browser, shop, robin):
    fill(browser, shop)
    go_to_review(browser, shop, email="else@example.org", street_address_1="1 Secret Row")
    checkout = Checkout.objects.get()
    checkout.store_value_in_metadata({"discreet_shipping": to_data(Choices(code_word="Secret"))})
    checkout.save()

    log_in(robin.email, client=browser)

    assert has_basket(browser)
    assert browser.get("/checkout/review/").headers["Location"] == "/checkout/address/"
    assert "Secret" not in text(browser.get("/checkout/address/"))
    checkout.refresh_from_db()
    assert (checkout.email, checkout.metadata) == ("", {})
    assert not Address.objects.filter(street_address_1="1 Secret Row").exists()


def test_another_address_of_the_customers_own_choice_outlives_every_change(browser, shop, robin):
    log_in(robin.email, client=browser)
    fill(browser, shop)
    go_to_review(browser, shop, email="office@example.org", street_address_1="1 Office Row")
    checkout = Checkout.objects.get()
    checkout.store_value_in_metadata({"discreet_shipping": to_data(Choices(code_word="Willow"))})
    checkout.save()
    kept = (checkout.email, checkout.shipping_address_id, checkout.metadata)

    browser.post("/basket/add/", {"variant": shop.lubricant.pk, "quantity": 1})
    log_in(robin.email, client=browser)

    checkout.refresh_from_db()
    assert (checkout.email, checkout.shipping_address_id, checkout.metadata) == kept
    assert checkout.shipping_method_id == shop.courier.pk
    assert "1 Office Row" in text(browser.get("/checkout/review/"))


def test_the_basket_of_another_account_does_not_appear(browser, shop, robin):
    log_in(robin.email, client=browser)
    fill(browser, shop)
    del browser.cookies["sid"]  # the session ended, nobody logged out
    User.objects.create(email="else@example.org", password=make_password(PASSWORD))

    log_in("else@example.org", client=browser)

    assert not has_basket(browser)
    assert Checkout.objects.count() == 1  # robin's own, until its time is over


def test_an_order_that_another_person_has_not_paid_yet_does_not_appear(browser, shop, robin):
    fill(browser, shop)
    go_to_review(browser, shop, email="else@example.org")
    place(browser)
    order = Order.objects.get()

    log_in(robin.email, client=browser)

    assert not has_basket(browser)
    assert browser.get(f"/orders/{order.token}/").status_code == 403


def test_logging_out_leaves_nothing_on_a_shared_computer(browser, shop, robin):
    log_in(robin.email, client=browser)
    fill(browser, shop)
    go_to_review(browser, shop)
    place(browser)
    order = Order.objects.get()

    browser.post("/account/logout/")

    assert not has_basket(browser)
    assert browser.get(f"/orders/{order.token}/").status_code == 403
    assert all(not cookie.value for name, cookie in browser.cookies.items() if name != "form")
