"""How often pages of the checkout and changes of the basket ask the database.

A basket of twenty lines takes as many statements as one of a single line.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount.models import Sale

from tests.factories import GiftCardFactory, VoucherFactory, variant_in_stock

pytestmark = pytest.mark.django_db
LINES = pytest.mark.parametrize("lines", [1, 3, 20])


@pytest.fixture
def with_lines(guest):
    """Return a function that fills the guest's basket to so many lines."""

    def fill(lines):
        checkout = Checkout.objects.get()
        CheckoutLine.objects.bulk_create(
            CheckoutLine(checkout=checkout, variant=variant_in_stock(50), quantity=1)
            for _ in range(lines - checkout.lines.count())
        )
        Checkout.objects.update(quantity=lines)
        guest.get("/checkout/review/")  # warm
        return guest

    return fill


def statements(send):
    with CaptureQueriesContext(connection) as captured:
        answer = send()
    assert answer.status_code in {200, 302, 303}
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


@LINES
def test_review(with_lines, lines):
    guest = with_lines(lines)
    assert statements(lambda: guest.get("/checkout/review/")) == 9


@LINES
def test_review_in_a_sale_for_a_collection(with_lines, lines):
    guest = with_lines(lines)
    Sale.objects.create(name="Less", type="percentage", value=10)
    assert statements(lambda: guest.get("/checkout/review/")) == 13


@LINES
def test_basket(with_lines, lines):
    guest = with_lines(lines)
    assert statements(lambda: guest.get("/basket/")) == 10


@LINES
def test_preview_of_what_others_see(with_lines, lines):
    guest = with_lines(lines)
    assert statements(lambda: guest.get("/checkout/seen/")) == 10


@LINES
def test_adding(with_lines, lines, shop):
    guest = with_lines(lines)
    send = {"variant": shop.starter.pk, "quantity": 1}
    assert statements(lambda: guest.post("/basket/add/", send)) == 5


@LINES
def test_another_amount(with_lines, lines):
    guest = with_lines(lines)
    line = CheckoutLine.objects.order_by("pk").first()
    change = f"/basket/lines/{line.pk}/"
    assert statements(lambda: guest.post(change, {"quantity": 2})) == 7
    assert statements(lambda: guest.post(change, {"remove": "1"})) == 4


@LINES
def test_codes(with_lines, lines):
    guest, voucher, card = with_lines(lines), VoucherFactory(), GiftCardFactory()
    assert statements(lambda: guest.post("/basket/code/", {"code": voucher.code})) == 12
    assert statements(lambda: guest.post("/basket/code/", {"code": card.code})) == 8
