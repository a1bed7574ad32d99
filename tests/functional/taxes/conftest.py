"""A shop that is registered for VAT, with rates of its own and of others."""

from datetime import date

import pytest
from saleor.order.models import Order
from saleor.shipping.models import ShippingZone

from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.taxes.models import ProductTax, TaxRate
from plugins.taxes.rates import save_settings
from tests.factories import ShippingZoneFactory, basket, variant_in_stock

NUMBER = "GB999999973"


@pytest.fixture
def registered():
    """Return a function that registers the shop; it is registered already, prices staying."""

    def register(without_rate="same_price", number=NUMBER, offers_relief=False):
        save_settings(number=number, without_rate=without_rate, offers_relief=offers_relief)

    register()
    return register


@pytest.fixture
def abroad():
    """Let the test's parcels go to Spain and the United States; Spain has rates."""
    zone = ShippingZoneFactory()
    ShippingZone.objects.filter(pk=zone.pk).update(countries="GB,ES,US")
    for tax_class, percent in (("standard", 21), ("reduced", 10)):
        TaxRate.objects.create(
            country="ES", tax_class_id=tax_class, percent=percent, valid_from=date(2012, 9, 1),
            source="Ley 37/1992",
        )  # fmt: skip


def goods(price, tax_class="standard", *, relief=False, **fields):
    """Return a variant at a price, whose product is of a tax class."""
    variant = variant_in_stock(50, price=price, **fields)
    ProductTax.objects.create(product=variant.product, tax_class_id=tax_class, relief=relief)
    return variant


def buy(checkout):
    """Place and pay an order of this basket."""
    placed = place_order(checkout_token=checkout.pk)
    if start_payment(order_id=placed.order_id).url:
        session = PaymentSession.objects.get(order_id=placed.order_id)
        record_payment(
            provider="fake", reference=session.reference, amount=session.amount,
            raw_id=f"ch_{placed.order_id}",
        )  # fmt: skip
    return Order.objects.get(pk=placed.order_id)


@pytest.fixture
def place():
    """Return a function that places an order of one product, and does not pay it."""

    def _place():
        placed = place_order(checkout_token=basket((goods("49.00"), 1)).pk)
        return Order.objects.get(pk=placed.order_id)

    return _place
