"""How often placing an order asks the database: it must not creep up unseen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plugins.ordering.services import place_order
from tests.factories import GiftCardFactory, VoucherFactory, basket, variant_in_stock

pytestmark = pytest.mark.django_db(transaction=True)


def queries_to_place(checkout):
    with CaptureQueriesContext(connection) as captured:
        place_order(checkout_token=checkout.pk)
    return len(captured)


@pytest.fixture(autouse=True)
def _warm():
    place_order(checkout_token=basket((variant_in_stock(5), 1)).pk)


@pytest.mark.parametrize(("lines", "most"), [(1, 31), (3, 43)])
def test_lines(lines, most):
    checkout = basket(*[(variant_in_stock(5, 5), 1) for _ in range(lines)])
    assert queries_to_place(checkout) == most


def test_voucher_and_gift_card():
    checkout = basket((variant_in_stock(5), 1), voucher=VoucherFactory(), cards=[GiftCardFactory()])
    assert queries_to_place(checkout) == 40


def test_same_basket_again():
    checkout = basket((variant_in_stock(5), 1))
    place_order(checkout_token=checkout.pk)
    assert queries_to_place(checkout) == 9
