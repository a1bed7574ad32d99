"""What a basket's own unpaid order holds is the basket's own; nobody else has it meanwhile."""

from decimal import Decimal

import pytest
from saleor.discount.models import Voucher, VoucherCustomer
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession
from tests.factories import GiftCardFactory, VoucherFactory
from tests.functional.checkout.pages import line_form, sums, words
from tests.functional.checkout.test_shown_is_charged import due, enter, everywhere
from tests.shown import pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[{"usage_limit": 1}, {"apply_once_per_customer": True}])
def one_use(request):
    return VoucherFactory(code="ONCE", **request.param)


def test_a_code_with_one_use_stays_when_its_customer_goes_back(guest, one_use):
    enter(guest, "ONCE")
    pay(guest)
    assert due(guest, "/basket/") == Decimal("82.50")
    guest.post(line_form(guest), {"quantity": 2})
    page = guest.get("/basket/")
    assert "takes nothing off" not in words(page)
    assert sums(page)["£10.00 off"] == Decimal("-10.00")
    assert everywhere(guest) == {Decimal("171.50")}
    assert Voucher.objects.get().used == 1
    assert Order.objects.exclude(status="canceled").get().voucher == one_use


def test_a_code_with_one_use_is_paid_with_in_the_end(guest, one_use):
    enter(guest, "ONCE")
    pay(guest)
    guest.post(line_form(guest), {"quantity": 2})
    pay(guest)
    assert (Voucher.objects.get().used, VoucherCustomer.objects.count()) == (
        1,
        int(one_use.apply_once_per_customer),
    )


def test_a_held_code_can_be_taken_out_and_entered_again(guest, one_use):
    enter(guest, "ONCE")
    pay(guest)
    guest.post("/basket/code/", {"remove_voucher": 1})
    assert due(guest, "/basket/") == Decimal("92.50")
    enter(guest, "once")
    assert due(guest, "/basket/") == Decimal("82.50")


def test_a_gift_card_pays_the_same_on_every_page_after_going_back(guest):
    card = GiftCardFactory(code="GIFT1234", initial_balance_amount="20.00")
    enter(guest, "GIFT1234")
    pay(guest)
    assert GiftCard.objects.get().current_balance_amount == 0
    for path in ("/basket/", "/checkout/delivery/", "/checkout/review/"):
        rows = sums(guest.get(path))
        assert (rows["Gift card …1234"], rows["Left to pay"]) == (
            Decimal("-20.00"),
            Decimal("72.50"),
        )
    assert "Gift card …1234: £20.00" in words(guest.get("/basket/"))
    assert everywhere(guest) == {Decimal("72.50")}
    guest.post(line_form(guest), {"quantity": 2})
    assert everywhere(guest) == {Decimal("161.50")}
    card.refresh_from_db()
    assert card.current_balance_amount == 0
    live = Order.objects.exclude(status="canceled").get()
    assert PaymentSession.objects.get(order=live).amount_value == Decimal("161.50")


def test_a_gift_card_pays_more_when_the_basket_grows(guest):
    GiftCardFactory(code="GIFT1234", initial_balance_amount="100.00")
    enter(guest, "GIFT1234")
    guest.post(line_form(guest), {"quantity": 2})
    pay(guest)
    guest.post(line_form(guest), {"quantity": 1})
    rows = sums(guest.get("/checkout/review/"))
    assert (rows["Gift card …1234"], rows["Left to pay"]) == (Decimal("-92.50"), 0)
    assert GiftCard.objects.get().current_balance_amount == 0


def test_another_basket_cannot_use_what_an_order_holds(guest, guest_with, shop, one_use):
    GiftCardFactory(code="GIFT1234", initial_balance_amount="20.00")
    other = guest_with(shop.full)
    for client in (guest, other):
        enter(client, "ONCE")
        enter(client, "GIFT1234")
    pay(guest)
    page = words(other.get("/basket/"))
    assert "Code ONCE takes nothing off." in page
    assert "Gift card …1234 pays nothing. This gift card has nothing left on it." in page
    assert everywhere(other) == {Decimal("92.50")}


def test_codes_are_free_for_others_once_the_order_is_released(guest, guest_with, shop):
    VoucherFactory(code="ONCE", usage_limit=1)
    enter(guest, "ONCE")
    other = guest_with(shop.full, email="kim@example.org")
    enter(other, "ONCE")
    pay(guest)
    guest.post("/basket/code/", {"remove_voucher": 1})
    pay(guest)
    assert everywhere(other) == {Decimal("82.50")}
