"""Where to, and how."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.shipping.models import ShippingMethod

from plugins.ordering.addresses import delivery_countries
from storefront.basket_changes import add_to_basket, apply_code
from storefront.baskets import get_basket
from storefront.checkout import list_delivery_methods, missing_step, set_address, set_delivery
from storefront.wording import LineGone
from tests.factories import VoucherFactory

BRITISH = {
    "first_name": "Robin", "last_name": "Marsh", "street_address_1": "4 Mill Lane",
    "street_address_2": "Flat 2", "city": "LEWES", "postal_code": "BN7 1AA", "country": "GB",
}  # fmt: skip
AMERICAN = {
    **BRITISH,
    "city": "Portland",
    "postal_code": "97201",
    "country_area": "OR",
    "country": "US",
}


@pytest.fixture
def token(shop):
    return add_to_basket(token=None, variant_id=shop.starter.pk, quantity=1).token


def write(token, address=BRITISH, email="robin@example.org"):
    return set_address(token=token, email=email, address=address)


def test_the_address_is_kept_for_parcel_and_bill_apart(token):
    write(token)
    checkout = Checkout.objects.get(pk=token)
    assert checkout.email == "robin@example.org"
    assert checkout.shipping_address.postal_code == "BN7 1AA"
    assert checkout.billing_address == checkout.shipping_address
    assert checkout.billing_address_id != checkout.shipping_address_id


def test_writing_it_again_leaves_no_address_behind(token):
    write(token)
    before = Address.objects.count()
    write(token, AMERICAN)
    assert Address.objects.count() == before
    assert Checkout.objects.get(pk=token).country.code == "US"


def test_it_is_shown_line_by_line_as_on_the_parcel(token):
    write(token)
    assert get_basket(token).address.lines == (
        "Robin Marsh", "4 Mill Lane", "Flat 2", "LEWES", "BN7 1AA", "United Kingdom",
    )  # fmt: skip


def test_only_what_serves_the_country_is_offered(token):
    write(token)
    assert [method.name for method in list_delivery_methods(token)] == ["Tracked 48"]
    write(token, AMERICAN)
    assert [method.name for method in list_delivery_methods(token)] == ["Air mail"]


def test_more_ways_of_delivery_are_priced_with_the_statements_of_one(shop, token):
    write(token)
    list_delivery_methods(token)  # what is read once in the life of the process
    counts = []
    for number in (1, 5):
        for price in range(number):
            ShippingMethod.objects.create(
                name=f"Way {price}", shipping_zone=shop.courier.shipping_zone,
                type=shop.courier.type, price_amount=price,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            offered = list_delivery_methods(token)
        counts.append((len(captured), len(offered)))
    (few, first), (many, last) = counts
    assert (few, first, last) == (many, 2, 7)
    assert [method.due - method.price for method in offered] == [offered[0].due] * 7


def test_a_way_that_is_not_offered_cannot_be_chosen(shop, token):
    write(token, AMERICAN)
    assert set_delivery(token=token, method_id=shop.courier.pk) is False
    assert Checkout.objects.get(pk=token).shipping_method is None


def test_the_delivery_is_added_to_the_total(shop, token):
    write(token)
    assert set_delivery(token=token, method_id=shop.courier.pk) is True
    assert get_basket(token).due == Money(Decimal("42.50"), "GBP")


def test_moving_abroad_leaves_the_delivery_for_home_out_and_says_why(shop, token):
    write(token)
    set_delivery(token=token, method_id=shop.courier.pk)
    write(token, AMERICAN)
    basket = get_basket(token)
    assert (basket.delivery, missing_step(basket)) == (None, "delivery")
    assert basket.left_out_delivery.name == "Tracked 48"
    assert basket.left_out_delivery.reason == "It does not go to your country."


def test_the_steps_come_one_after_the_other(shop, token):
    assert missing_step(get_basket(token)) == "address"
    write(token)
    assert missing_step(get_basket(token)) == "delivery"
    set_delivery(token=token, method_id=shop.courier.pk)
    assert missing_step(get_basket(token)) is None


def test_a_voucher_once_for_each_customer_takes_nothing_off_when_it_was_used_before(token):
    voucher = VoucherFactory(apply_once_per_customer=True)
    voucher.customers.create(customer_email="robin@example.org")
    apply_code(token=token, code=voucher.code)
    write(token)
    basket = get_basket(token)
    assert basket.totals.discounts == ()
    assert [one.reason for one in basket.left_out] == [
        "This code can be used once, and you have used it already."
    ]


def test_countries_are_those_with_a_way_to_deliver_our_own_first(shop):
    codes = [code for code, _ in delivery_countries()]
    assert codes == ["GB", "IE", "US"]


def test_without_a_basket_nothing_is_written(shop):
    before = Address.objects.count()
    with pytest.raises(LineGone):
        write(None)
    assert Address.objects.count() == before
