"""What the tests of packing, shipments and returns share."""

import pytest

from plugins.fulfilment.packing import fulfil
from tests.factories import FakeProvider, UserFactory, variant_in_stock
from tests.functional.fulfilment.exchanging import size
from tests.unit.dashboard import builders


@pytest.fixture
def provider():
    """A payment provider that fails the test when it is called inside a transaction."""
    return FakeProvider


@pytest.fixture
def clerk():
    return UserFactory(is_staff=True)


@pytest.fixture
def packer():
    return UserFactory(is_staff=True)


@pytest.fixture
def order():
    """A paid order of four pieces, out of nine in stock, none of which was sent."""
    made = builders.order(paid=True)
    builders.line(made, variant_in_stock(9), 4)
    return made


@pytest.fixture
def small():
    """The size that is sent back in the tests of exchanges."""
    return variant_in_stock(9, price="14.00", name="Size 1")


@pytest.fixture
def cheaper(small):
    return size(small, "Size 2", "12.00", 5)


@pytest.fixture
def dearer(small):
    return size(small, "Size 9", "17.00", 5)


@pytest.fixture
def line(order):
    return order.lines.get()


@pytest.fixture
def sent(order, line, clerk):
    """The same order, two of its pieces sent."""
    fulfil(order_id=order.pk, pieces={line.pk: 2}, actor_id=clerk.pk)
    order.refresh_from_db()
    return order
