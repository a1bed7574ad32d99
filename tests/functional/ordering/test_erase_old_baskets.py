"""A basket that nobody came back for is deleted, with the name and address in it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from saleor.account.models import Address
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.order.models import Order

from plugins.ordering.erasure import erase_old_baskets
from plugins.ordering.placing import place_order
from plugins.ordering.tasks import erase_old_baskets as erase_task
from tests.factories import UserFactory, basket, variant_in_stock

pytestmark = pytest.mark.django_db
SOON, LATE = timedelta(days=6, hours=23), timedelta(days=7, minutes=1)


@pytest.fixture
def variant():
    return variant_in_stock(10)


def test_an_old_basket_goes_with_its_lines_and_addresses(variant):
    basket((variant, 1))

    assert erase_old_baskets(now=timezone.now() + LATE) == 1

    assert not Checkout.objects.exists()
    assert not CheckoutLine.objects.exists()
    assert not Address.objects.filter(street_address_1__gt="", warehouse=None).exists()


def test_a_basket_that_may_still_be_found_stays(variant):
    kept = basket((variant, 1))

    assert erase_old_baskets(now=timezone.now() + SOON) == 0

    assert Checkout.objects.get() == kept


def test_the_basket_of_an_order_that_waits_for_payment_stays(variant):
    kept = basket((variant, 1))
    place_order(checkout_token=kept.pk)

    assert erase_old_baskets(now=timezone.now() + LATE) == 0

    assert Checkout.objects.get() == kept


def test_a_basket_that_saleor_ties_to_an_account_is_kept_no_longer(variant):
    basket((variant, 1), user=UserFactory())

    assert erase_old_baskets(now=timezone.now() + LATE) == 1

    assert not Checkout.objects.exists()


def test_an_address_that_an_order_uses_stays(variant):
    old = basket((variant, 1))
    order = Order.objects.create(
        billing_address=old.billing_address, shipping_address=old.shipping_address
    )

    assert erase_task() == 0
    assert erase_old_baskets(now=timezone.now() + LATE) == 1

    order.refresh_from_db()
    assert (order.billing_address, order.shipping_address) == (
        old.billing_address,
        old.shipping_address,
    )
