"""What basket, review and payment page say is one figure, whatever staff or another tab change."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.discount.models import Sale, Voucher
from saleor.order.models import Order
from saleor.shipping.models import ShippingMethod
from saleor.warehouse.models import Allocation

from plugins.ordering.models import PaymentSession
from tests.factories import FakeProvider, GiftCardFactory, VoucherFactory
from tests.functional.checkout.pages import line_form, sums, words
from tests.shown import pay, shown_to

pytestmark = pytest.mark.django_db(transaction=True)  # no provider is called inside a transaction
PERCENT = {"discount_value_type": "percentage"}


def enter(client, code):
    assert client.post("/basket/code/", {"code": code}).status_code == 303


def due(client, path):
    """Return the last row of a page's summary: what is to be paid."""
    return list(sums(client.get(path)).values())[-1]


def asked(client):
    """Pay, and return what the payment page asks for."""
    assert pay(client).status_code == 303
    return FakeProvider.calls[-1][1]["amount"].amount


def everywhere(client):
    """Return what basket, review and payment page say is to be paid."""
    return {due(client, "/basket/"), due(client, "/checkout/review/"), asked(client)}


def nothing_happened():
    return (Order.objects.count(), Allocation.objects.count(), FakeProvider.calls) == (0, 0, [])


def ten_percent(**fields):
    return VoucherFactory(code="CALM10", discount_value=10, **PERCENT, **fields)


def lower_price(shop):
    product = shop.full.product
    product.price_amount = Decimal("60.00")
    product.save()


def halve_code(shop):
    Voucher.objects.update(discount_value=5)


def begin_sale(shop):
    Sale.objects.create(name="Less", type="fixed", value=29).products.add(shop.full.product)


def end_code(shop):
    Voucher.objects.update(end_date=timezone.now() - timedelta(days=1))


def dearer_delivery(shop):
    ShippingMethod.objects.filter(pk=shop.courier.pk).update(price_amount=5)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lower_price, "57.50"),  # 60.00 - 6.00 + 3.50
        (halve_code, "88.05"),  # 89.00 - 4.45 + 3.50
        (begin_sale, "57.50"),
        (end_code, "92.50"),
        (dearer_delivery, "85.10"),
    ],
)
def test_a_change_by_staff_is_shown_before_it_is_charged(guest, shop, change, expected):
    ten_percent()
    enter(guest, "CALM10")
    assert due(guest, "/checkout/review/") == Decimal("83.60")
    change(shop)
    assert everywhere(guest) == {Decimal(expected)}


def test_a_sale_that_ends_is_over_on_every_page(guest, shop):
    begin_sale(shop)
    ten_percent()
    enter(guest, "CALM10")
    Sale.objects.update(end_date=timezone.now() - timedelta(minutes=1))
    assert everywhere(guest) == {Decimal("83.60")}


def test_a_code_for_delivery_follows_the_price_of_delivery(guest, shop):
    VoucherFactory(code="POST", type="shipping", discount_value=50, **PERCENT)
    enter(guest, "POST")
    dearer_delivery(shop)
    assert sums(guest.get("/basket/"))["Delivery: Tracked 48"] == Decimal("5.00")
    assert everywhere(guest) == {Decimal("91.50")}


def test_a_code_changed_after_going_back_from_the_payment_asks_for_what_is_shown(guest, shop):
    ten_percent()
    enter(guest, "CALM10")
    assert asked(guest) == Decimal("83.60")
    halve_code(shop)
    assert everywhere(guest) == {Decimal("88.05")}
    live = Order.objects.exclude(status="canceled").get()
    assert live.total_gross_amount == PaymentSession.objects.get(order=live).amount_value


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"end_date": timezone.now() - timedelta(days=400)}, "This code ended on"),
        ({"usage_limit": 1, "used": 1}, "This code has been used up."),
        (
            {"min_spent_amount": 100},
            "This code is for orders of £100.00 or more: £11.00 more is needed.",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/basket/", "/checkout/delivery/", "/checkout/review/"])
def test_a_code_that_does_not_count_any_more_is_named_with_the_reason(guest, fields, reason, path):
    ten_percent()
    enter(guest, "CALM10")
    Voucher.objects.update(**fields)
    page = guest.get(path)
    assert f"Code CALM10 takes nothing off. {reason}" in words(page)
    assert list(sums(page).values())[-1] == Decimal("92.50")
    assert Checkout.objects.get().voucher_code == "CALM10"


def test_an_order_without_the_code_is_made_of_a_page_that_said_so(guest):
    ten_percent()
    enter(guest, "CALM10")
    Voucher.objects.update(usage_limit=1, used=1)
    assert asked(guest) == Decimal("92.50")
    assert Order.objects.get().voucher is None
    assert Voucher.objects.get().used == 1


def test_a_code_below_its_minimum_is_said_where_the_basket_is_changed(guest_with, shop):
    guest = guest_with(shop.starter, shop.lubricant)
    ten_percent(min_spent_amount=45)
    enter(guest, "CALM10")
    assert "takes nothing off" not in words(guest.get("/basket/"))
    lubricant = Checkout.objects.get().lines.get(variant=shop.lubricant)
    sent = guest.post(f"/basket/lines/{lubricant.pk}/", {"remove": 1}, follow=True)
    assert (
        "Code CALM10 takes nothing off. "
        "This code is for orders of £45.00 or more: £6.00 more is needed."
    ) in words(sent)
    assert due(guest, "/basket/") == Decimal("42.50")


def test_an_ended_gift_card_pays_nothing_and_says_so(guest):
    card = GiftCardFactory(code="GIFT1234")
    enter(guest, "GIFT1234")
    assert due(guest, "/basket/") == Decimal("72.50")
    card.is_active = False
    card.save()
    said = "Gift card …1234 pays nothing. This gift card cannot be used at the moment."
    assert said in words(guest.get("/checkout/review/"))
    assert everywhere(guest) == {Decimal("92.50")}


def test_goods_of_the_same_price_swapped_in_another_tab_are_not_what_was_shown(guest, shop):
    shown = shown_to(guest)
    shop.starter.product.price_amount = shop.full.product.price_amount
    shop.starter.product.save()
    Checkout.objects.get().lines.update(variant=shop.starter)
    answer = pay(guest, shown)
    assert answer.status_code == 409
    assert "Full range: was 1 × £89.00, is now not in the basket" in words(answer)
    assert "Starter set: was not in the basket, is now 1 × £89.00" in words(answer)
    assert nothing_happened()


def test_an_address_changed_in_another_tab_is_not_what_was_shown(guest):
    shown = shown_to(guest)
    Checkout.objects.get().shipping_address.__class__.objects.update(city="Elsewhere")
    answer = pay(guest, shown)
    assert answer.status_code == 409
    assert "Your address, your e-mail address or what you chose for the parcel" in words(answer)
    assert nothing_happened()


def test_an_own_order_is_kept_when_another_tab_made_the_page_old(guest):
    shown = shown_to(guest)
    pay(guest, shown)
    guest.post(line_form(guest), {"quantity": 2})
    FakeProvider.calls.clear()
    answer = pay(guest, shown)
    assert "Full range: was 1 × £89.00, is now 2 × £89.00" in words(answer)
    assert "Total: was £92.50, is now £181.50" in words(answer)
    assert FakeProvider.calls == []
    assert Order.objects.get().status == "unfulfilled"


@pytest.fixture
def free_delivery(shop):
    return ShippingMethod.objects.create(
        name="Free post", type="price", price_amount=0, minimum_order_price_amount=50,
        shipping_zone=shop.courier.shipping_zone,
    )  # fmt: skip


def test_a_delivery_that_another_tab_ended_is_chosen_anew_in_one_step(guest, shop, free_delivery):
    guest.post("/checkout/delivery/", {"method": free_delivery.pk})
    shown = shown_to(guest)
    Checkout.objects.get().lines.update(variant=shop.starter)
    answer = pay(guest, shown)
    page = words(answer)
    assert answer.status_code == 409
    assert (
        "Free post cannot be chosen any more. It is for items worth at least £50.00, and yours "
        "come to £39.00. Delivery was £0.00 and is now from £3.50. Please choose again."
    ) in page
    assert "Delivery: was Free, is now from £3.50" in page
    assert "Total: was £89.00, is now from £42.50" in page
    assert sums(answer)["Delivery"] == "chosen later"
    assert nothing_happened()
    sent = guest.post("/checkout/delivery/", {"method": shop.courier.pk})
    assert sent["Location"] == "/checkout/review/"
    assert everywhere(guest) == {Decimal("42.50")}


def test_the_review_page_leads_to_the_delivery_with_the_reason(guest, shop, free_delivery):
    guest.post("/checkout/delivery/", {"method": free_delivery.pk})
    Checkout.objects.get().lines.update(variant=shop.starter)
    page = guest.get("/checkout/review/", follow=True)
    assert page.redirect_chain == [("/checkout/delivery/", 303)]
    assert "Free post cannot be chosen any more." in words(page)
    assert "Free post (£0.00) cannot deliver this basket any more." in words(guest.get("/basket/"))
