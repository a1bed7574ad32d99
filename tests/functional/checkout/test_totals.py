"""The rows of every summary add up to its last one."""

from decimal import Decimal

import pytest
from saleor.account.models import User
from saleor.order.models import Order

from tests.factories import GiftCardFactory, VoucherFactory
from tests.functional.checkout.pages import sums, words
from tests.functional.checkout.test_shown_is_charged import enter
from tests.shown import pay
from tests.staff import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("/basket/", "/checkout/address/", "/checkout/delivery/", "/checkout/discretion/")


@pytest.fixture
def order(guest):
    """An order of 89.00 less 10.00, with 3.50 for delivery, of which two gift cards paid 25.00."""
    VoucherFactory(code="TEN", name="Ten off")
    for code, amount in (("CARDAAAA", "20.00"), ("CARDBBBB", "5.00")):
        GiftCardFactory(code=code, initial_balance_amount=amount)
    for code in ("TEN", "CARDBBBB", "CARDAAAA"):
        enter(guest, code)
    return guest


EXPECTED = {
    "Items": Decimal("89.00"),
    "Ten off": Decimal("-10.00"),
    "Delivery: Tracked 48": Decimal("3.50"),
    "Gift card …AAAA": Decimal("-20.00"),
    "Gift card …BBBB": Decimal("-5.00"),
}


@pytest.mark.parametrize("path", [*PAGES, "/checkout/review/"])
def test_rows_of_a_basket_add_up_on_each_page(order, path):
    rows = sums(order.get(path))
    assert rows == {**EXPECTED, "Total": Decimal("82.50"), "Left to pay": Decimal("57.50")}
    assert sum(EXPECTED.values()) == rows["Left to pay"]


def test_rows_of_an_order_are_those_of_its_basket(order):
    pay(order)
    placed = Order.objects.get()
    rows = sums(order.get(f"/orders/{placed.token}/"))
    del rows["Placed"]
    assert rows == {**EXPECTED, "Total": Decimal("82.50"), "Left to pay": Decimal("57.50")}


def test_staff_see_what_gift_cards_paid(order):
    pay(order)
    boss = signed_in(User.objects.create_superuser("boss@example.org", "x"))
    page = words(boss.get(f"/staff/order/order/{Order.objects.get().pk}/change/"))
    for row in ("Goods £89.00", "Delivery price £3.50", "Discount £10.00", "Gift cards £25.00",
                "Total £82.50", "To pay £57.50"):  # fmt: skip
        assert row in page
