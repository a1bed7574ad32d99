"""How often placing an order asks the database: it must not creep up unseen.

The counts hold BEGIN, COMMIT, Saleor's savepoints and the reason for the stock ledger; each further line adds six.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from tests.factories import GiftCardFactory, VoucherFactory, basket, variant_in_stock

pytestmark = pytest.mark.django_db(transaction=True)


def queries_to_place(checkout):
    with CaptureQueriesContext(connection) as captured:
        place_order(checkout_token=checkout.pk)
    return len(captured)


@pytest.fixture(autouse=True)
def _warm():
    place_order(checkout_token=basket((variant_in_stock(5), 1)).pk)


@pytest.mark.parametrize(("lines", "count"), [(1, 30), (3, 42)])
def test_lines(lines, count):
    checkout = basket(*[(variant_in_stock(5, 5), 1) for _ in range(lines)])
    assert queries_to_place(checkout) == count


def test_voucher_and_gift_card():
    checkout = basket((variant_in_stock(5), 1), voucher=VoucherFactory(), cards=[GiftCardFactory()])
    assert queries_to_place(checkout) == 44  # two store what the voucher takes off each line


def test_same_basket_again():
    checkout = basket((variant_in_stock(5), 1))
    place_order(checkout_token=checkout.pk)
    assert queries_to_place(checkout) == 9


def test_opening_the_payment_reads_once_and_writes_once(provider):
    order_id = place_order(checkout_token=basket((variant_in_stock(5), 1)).pk).order_id
    with CaptureQueriesContext(connection) as captured:
        start_payment(order_id=order_id)
    assert [query["sql"].split()[0] for query in captured] == ["SELECT", "UPDATE"]
