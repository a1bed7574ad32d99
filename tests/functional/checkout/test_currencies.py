"""Shops of other currencies: what pages show, what is asked at Stripe and what is kept, exactly."""

from decimal import Decimal

import pytest
from prices import Money, percentage_discount
from saleor.order.models import Order
from saleor.product.models import Product
from saleor.shipping.models import ShippingMethod

from plugins.stripe_payments.policies import to_smallest_unit
from tests.factories import FakeProvider, VoucherFactory
from tests.functional.checkout.pages import words
from tests.shown import pay

pytestmark = pytest.mark.django_db(transaction=True)

SHOPS = [
    # currency, goods, delivery; 15 % off the goods, to pay, as pages write it, as Stripe counts it
    ("JPY", "9790", "650", ("1468", "8972", "¥8,972", 8972)),
    ("USD", "89.99", "3.50", ("13.49", "80.00", "US$80.00", 8000)),
    ("KWD", "12.35", "1.25", ("1.85", "11.75", "KWD11.750", 11_750)),
]


@pytest.mark.parametrize(("currency", "goods", "delivery", "expected"), SHOPS)
def test_an_order_costs_the_same_on_pages_at_stripe_and_in_the_books(
    settings, shop, guest_with, currency, goods, delivery, expected
):
    off, total, shown, cents = expected
    settings.DEFAULT_CURRENCY = currency
    Product.objects.update(currency=currency, price_amount=Decimal(goods))
    ShippingMethod.objects.update(currency=currency, price_amount=Decimal(delivery))
    VoucherFactory(
        code="CALM15", discount_value=15, discount_value_type="percentage", currency=currency
    )
    client = guest_with(shop.full)
    assert client.post("/basket/code/", {"code": "CALM15"}).status_code == 303

    pages = [
        words(client.get(path)).replace("\xa0", " ") for path in ("/basket/", "/checkout/review/")
    ]
    assert pay(client).status_code == 303

    asked = FakeProvider.calls[-1][1]["amount"]
    assert asked == Money(Decimal(total), currency)
    assert to_smallest_unit(asked) == cents
    assert all(shown in page for page in pages)
    order = Order.objects.get()
    assert (order.discount, order.total.gross) == (Money(Decimal(off), currency), asked)
    assert shown in words(client.get(f"/orders/{order.token}/")).replace("\xa0", " ")


def test_thousandths_of_a_dinar_are_in_no_price():
    price = percentage_discount(Money(Decimal("12.35"), "KWD"), 15)

    assert (price, to_smallest_unit(price)) == (Money(Decimal("10.50"), "KWD"), 10_500)
    assert Money(Decimal("1.2345"), "KWD").quantize() == Money(Decimal("1.23"), "KWD")
    assert Money(Decimal("1234.5"), "JPY").quantize() == Money(Decimal(1235), "JPY")
