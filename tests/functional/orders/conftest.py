"""A paid order of a guest, and one that was sent."""

import pytest
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from tests.factories import UserFactory, basket, variant_in_stock
from tests.functional.orders.reviewing import bought


@pytest.fixture
def clerk():
    return UserFactory(is_staff=True)


@pytest.fixture
def place():
    """Return a function that places an order; its arguments are those of `basket`."""

    def _place(*lines, **fields):
        lines = lines or ((variant_in_stock(9, product__name="Gentle set", name=""), 2),)
        placed = place_order(checkout_token=basket(*lines, **fields).pk)
        return Order.objects.get(pk=placed.order_id)

    return _place


@pytest.fixture
def buy(place):
    """Return a function that places an order and pays for it."""

    def _buy(*lines, **fields):
        order = place(*lines, **fields)
        if start_payment(order_id=order.pk).url:
            session = PaymentSession.objects.get(order=order)
            record_payment(
                provider="fake",
                reference=session.reference,
                amount=session.amount,
                raw_id=f"ch_{order.pk}",
            )
        order.refresh_from_db()
        return order

    return _buy


@pytest.fixture
def sent(shop):
    """Two starter sets and a bottle, all of it with their customer."""
    return bought((shop.starter, 2), (shop.lubricant, 1))
