"""From the basket to the paid order, as a guest; and what anonymous visitors may not see."""

import html5lib
import pytest
from django.test import Client
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.order.models import Order
from saleor.warehouse.models import Allocation

from plugins.ordering.outcomes import PaymentUnavailable
from tests.factories import FakeProvider, GiftCardFactory, VoucherFactory
from tests.personas import wrong_customer
from tests.shown import pay, shown_of, shown_to

OWN = {"Sec-Fetch-Site": "same-origin"}
ADDRESS = {
    "email": "robin@example.org", "first_name": "Robin", "last_name": "Marsh",
    "street_address_1": "4 Mill Lane", "street_address_2": "", "city": "Lewes",
    "postal_code": "BN7 1AA", "country": "GB", "phone": "",
}  # fmt: skip
PRODUCT_WORDS = ("dilator", "starter", "silicone", "vagin", "pelvic")

pytestmark = pytest.mark.django_db(transaction=True)  # no provider is called inside a transaction


@pytest.fixture
def guest(shop):
    """Someone with one starter set in the basket."""
    client = Client(headers=OWN)
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    return client


@pytest.fixture
def ready(guest, shop):
    """The same, at the review step."""
    guest.post("/checkout/address/", ADDRESS)
    guest.post("/checkout/delivery/", {"method": shop.courier.pk})
    return guest


def text(response):
    return response.content.decode()


def title(response):
    return text(response).split("<title>")[1].split("</title>")[0]


def strict(response):
    html5lib.HTMLParser(strict=True).parse(text(response))


def test_each_step_leads_to_the_next(guest, shop):
    sent = guest.post("/checkout/address/", ADDRESS)
    assert (sent.status_code, sent["Location"]) == (303, "/checkout/delivery/")
    page = text(guest.get("/checkout/delivery/"))
    assert "Tracked 48" in page
    assert "Air mail" not in page
    sent = guest.post("/checkout/delivery/", {"method": shop.courier.pk})
    assert (sent.status_code, sent["Location"]) == (303, "/checkout/seen/")
    page = text(guest.get("/checkout/review/"))
    for words in ("4 Mill Lane", "robin@example.org", "Tracked 48", "Pay £42.50"):
        assert words in page


@pytest.mark.parametrize("step", ["address", "delivery", "seen", "discretion", "review"])
def test_every_step_is_valid_private_and_neutral(ready, step):
    response = ready.get(f"/checkout/{step}/")
    assert response.status_code == 200
    strict(response)
    assert title(response) == "Checkout · Stillwater"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert " style=" not in text(response)


@pytest.mark.parametrize("step", ["address", "delivery", "review"])
def test_without_a_basket_every_step_leads_to_it(shop, step):
    response = Client().get(f"/checkout/{step}/")
    assert (response.status_code, response["Location"]) == (303, "/basket/")


def test_a_step_cannot_be_skipped(guest):
    assert guest.get("/checkout/review/")["Location"] == "/checkout/address/"
    assert guest.get("/checkout/delivery/")["Location"] == "/checkout/address/"
    guest.post("/checkout/address/", ADDRESS)
    assert guest.get("/checkout/review/")["Location"] == "/checkout/delivery/"


def test_a_wrong_address_keeps_what_was_typed_and_says_what_is_wrong(guest):
    response = guest.post("/checkout/address/", {**ADDRESS, "email": "robin", "postal_code": "1"})
    assert response.status_code == 422
    strict(response)
    page = text(response)
    assert 'value="4 Mill Lane"' in page
    assert "Please check 2 fields" in page
    assert 'href="#id_email"' in page
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert Checkout.objects.get().shipping_address is None


def test_another_country_asks_for_what_it_needs_and_keeps_what_was_typed(guest):
    response = guest.post("/checkout/address/", {**ADDRESS, "country": "US", "change_country": "1"})
    assert response.status_code == 200
    page = text(response)
    assert "ZIP code" in page
    assert '<option value="OR">Oregon</option>' in page
    assert 'value="4 Mill Lane"' in page
    assert Checkout.objects.get().shipping_address is None


def test_an_address_is_there_again_when_one_comes_back(ready):
    page = text(ready.get("/checkout/address/"))
    for value in ("robin@example.org", "Robin", "4 Mill Lane", "LEWES", "BN7 1AA"):
        assert f'value="{value}"' in page


def test_a_country_nothing_goes_to_says_so_and_loses_nothing(guest):
    guest.post(
        "/checkout/address/",
        {**ADDRESS, "country": "IE", "postal_code": "", "country_area": "Co. Cork"},
    )
    page = text(guest.get("/checkout/delivery/"))
    assert "We have no way to deliver this basket to Ireland" in page
    assert 'name="method"' not in page


@pytest.mark.parametrize("method", ["", "x", "999999"])
def test_a_delivery_that_is_not_offered_is_refused(guest, method):
    guest.post("/checkout/address/", ADDRESS)
    response = guest.post("/checkout/delivery/", {"method": method})
    assert response.status_code == 422
    assert "Please choose one of these ways." in text(response)


def test_placing_reserves_and_leads_to_the_payment(ready, shop):
    response = pay(ready)
    order = Order.objects.get()
    assert response.status_code == 303
    assert response["Location"].startswith("https://pay.test/")
    assert order.total_gross_amount == 42.5
    assert order.user_email == "robin@example.org"
    [(name, details)] = FakeProvider.calls
    assert name == "open"
    assert not [word for word in PRODUCT_WORDS if word in str(details).lower()]


def test_pressing_twice_is_one_order_and_one_payment(ready):
    assert pay(ready)["Location"] == pay(ready)["Location"]
    assert Order.objects.count() == 1


def test_a_total_that_changed_meanwhile_is_shown_before_anything_is_placed(ready, shop):
    shown = shown_to(ready)
    shop.starter.product.price_amount = 45
    shop.starter.product.save()
    response = pay(ready, shown)
    assert response.status_code == 409
    strict(response)
    assert "Something has changed since you last saw it." in text(response)
    assert "Starter set: was 1 × £39.00, is now 1 × £45.00" in text(response)
    assert "Total: was £42.50, is now £48.50" in text(response)
    assert "Pay £48.50" in text(response)
    assert (Order.objects.count(), FakeProvider.calls) == (0, [])


@pytest.mark.parametrize("shown", ["", "42.50", "0.01", "eyJhIjoxfQ:1abc:def"])
def test_a_form_without_our_picture_is_no_agreement(ready, shown):
    response = pay(ready, shown)
    assert response.status_code == 409
    assert "Please look once more." in text(response)
    assert "Pay £42.50" in text(response)
    assert (Order.objects.count(), FakeProvider.calls) == (0, [])


def test_a_form_without_the_field_is_no_agreement(ready):
    assert ready.post("/checkout/place/").status_code == 409
    assert (Order.objects.count(), FakeProvider.calls) == (0, [])


def test_sold_out_meanwhile_lists_the_lines_and_keeps_everything(ready, shop):
    CheckoutLine.objects.update(quantity=3)
    shop.set_stock(shop.starter, 2)
    response = pay(ready)
    assert response.status_code == 409
    assert "Starter set: only 2 left, you asked for 3" in text(response)
    strict(response)
    assert not Order.objects.exists()
    checkout = Checkout.objects.get()
    assert checkout.shipping_address.postal_code == "BN7 1AA"
    assert checkout.lines.get().quantity == 3


def test_a_delivery_that_ended_meanwhile_is_chosen_anew(ready, shop):
    shown = shown_to(ready)
    shop.courier.maximum_order_price_amount = 1
    shop.courier.save()
    response = pay(ready, shown)
    assert response.status_code == 409
    strict(response)
    assert "Tracked 48 cannot be chosen any more." in text(response)
    assert "Delivery: was £3.50, is now not chosen" in text(response)
    assert not Order.objects.exists()


def test_a_code_that_ended_meanwhile_is_said_and_nothing_is_placed(ready):
    voucher = VoucherFactory(code="CALM10")
    ready.post("/basket/code/", {"code": "CALM10"})
    shown = shown_to(ready)
    voucher.usage_limit, voucher.used = 1, 1
    voucher.save()
    response = pay(ready, shown)
    assert response.status_code == 409
    assert "Code CALM10: was -£10.00, is now nothing off" in text(response)
    assert "Code CALM10 takes nothing off. This code has been used up." in text(response)
    assert "Total: was £32.50, is now £42.50" in text(response)
    assert not Order.objects.exists()


def test_a_payment_service_that_is_down_is_said_and_can_be_tried_again(ready):
    FakeProvider.is_down = True
    response = pay(ready)
    assert response.status_code == 409
    assert str(PaymentUnavailable()) in text(response)
    FakeProvider.is_down = False
    assert pay(ready).status_code == 303
    assert Order.objects.count() == 1


def test_a_basket_that_was_emptied_meanwhile_leads_to_the_basket(ready):
    CheckoutLine.objects.all().delete()
    assert pay(ready)["Location"] == "/basket/"
    assert not Order.objects.exists()


def test_without_a_basket_nothing_is_placed(shop):
    assert pay(Client(headers=OWN), "")["Location"] == "/basket/"


def test_a_gift_card_that_pays_all_needs_no_payment_page(ready):
    ready.post("/basket/code/", {"code": GiftCardFactory(initial_balance_amount="100.00").code})
    page = text(ready.get("/checkout/review/"))
    assert "Place the order" in page
    assert "while you pay" not in page
    response = pay(ready)
    order = Order.objects.get()
    assert response["Location"] == f"/orders/{order.token}/"
    assert "Thank you." in text(ready.get(response["Location"]))
    assert FakeProvider.calls == []


def leave_to_pay(client, pence):
    card = GiftCardFactory(initial_balance_amount=f"42.{50 - pence}")
    client.post("/basket/code/", {"code": card.code})
    return card


def test_a_total_too_small_for_a_card_is_said_before_paying_and_loses_nothing(ready, shop):
    card = leave_to_pay(ready, pence=29)
    review = ready.get("/checkout/review/")
    strict(review)
    assert "£0.29 would be left to pay" in text(review)
    assert "/checkout/place/" not in text(review)

    response = pay(ready, shown_of(Checkout.objects.get()))

    assert response.status_code == 409
    assert "smaller than £0.30" in text(response)
    assert FakeProvider.calls == []
    assert not Order.objects.exists()
    assert not Allocation.objects.exists()
    card.refresh_from_db()
    assert str(card.current_balance_amount) == "42.21"
    assert Checkout.objects.get().lines.count() == 1


def test_the_smallest_total_can_be_paid(ready):
    leave_to_pay(ready, pence=30)
    assert pay(ready).status_code == 303


def receipt_address():
    [(_open, details)] = FakeProvider.calls
    return details["receipt_email"]


def test_the_payment_service_is_not_told_the_email_unless_asked_to(ready):
    assert '<input type="checkbox" name="payment_receipt" aria' in text(
        ready.get("/checkout/review/")
    )
    pay(ready)
    assert receipt_address() == ""
    told = Order.objects.get().metadata["discretion_contract"]["payment"]
    assert told[2:] == ["the shop’s address, to send you back", "the words for your statement"]


def test_a_receipt_of_the_payment_service_is_asked_for_and_told_in_the_contract(ready):
    pay(ready, payment_receipt="on")
    assert receipt_address() == "robin@example.org"
    told = Order.objects.get().metadata["discretion_contract"]["payment"]
    assert told[4] == "your e-mail address, for its receipt"
    assert "robin" not in str(told)
    assert 'name="payment_receipt" checked' in text(ready.get("/checkout/review/"))


def test_taking_the_tick_out_again_opens_a_payment_without_the_email(ready):
    pay(ready, payment_receipt="on")
    pay(ready)
    opened = [details["receipt_email"] for name, details in FakeProvider.calls if name == "open"]
    assert opened == ["robin@example.org", ""]
    assert Order.objects.exclude(status="canceled").count() == 1


def test_an_order_that_waits_can_be_paid_from_its_page_and_from_the_basket(ready):
    payment = pay(ready)["Location"]
    order = Order.objects.get()
    response = ready.get(f"/orders/{order.token}/")
    strict(response)
    assert title(response) == f"Your order {order.pk} · Stillwater"
    assert "Pay £42.50 now" in text(response)
    assert ready.post(f"/orders/{order.token}/pay/")["Location"] == payment
    assert f"Order {order.pk} is held for you" in text(ready.get("/basket/"))


def test_what_an_own_unpaid_order_holds_is_not_missing_from_the_basket(ready, shop):
    shop.set_stock(shop.starter, 1)
    pay(ready)
    page = text(ready.get("/basket/"))
    assert "Sold out" not in page
    assert pay(ready).status_code == 303


def test_a_paid_order_thanks_shows_guides_and_forgets_the_basket(ready, shop, settings):
    ready.post("/basket/code/", {"code": GiftCardFactory(initial_balance_amount="100.00").code})
    response = ready.get(pay(ready)["Location"])
    strict(response)
    for words in ("Starter set", "Tracked 48", "4 Mill Lane", "Your first session"):
        assert words in text(response)
    assert ready.cookies[settings.BASKET_COOKIE_NAME].value == ""


def test_a_released_order_says_that_nothing_is_held(ready):
    from plugins.ordering.ending import release_order

    pay(ready)
    order = Order.objects.get()
    release_order(order_id=order.pk, reason="expired")
    page = text(ready.get(f"/orders/{order.token}/"))
    assert "No longer held" in page
    assert "/pay/" not in page
    response = ready.post(f"/orders/{order.token}/pay/")
    assert response.status_code == 409
    assert "no longer held for you" in text(response)


def test_the_browser_that_ordered_may_open_it_also_when_the_payment_could_not_begin(ready):
    FakeProvider.is_down = True
    assert pay(ready).status_code == 409
    response = ready.get(f"/orders/{Order.objects.get().token}/")
    assert response.status_code == 200
    assert "Waiting for payment" in text(response)


def test_an_orders_page_is_private(ready):
    pay(ready)
    response = Client().get(f"/orders/{Order.objects.get().token}/")
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_order_cannot_be_guessed_by_another_customer(ready, method):
    pay(ready)
    somebody = wrong_customer()
    for token in ("00000000-0000-4000-8000-000000000000", str(Checkout.objects.get().pk)):
        address = f"/orders/{token}/" + ("pay/" if method == "post" else "")
        response = getattr(somebody, method)(address)
        assert response.status_code == 403
        assert "Marsh" not in text(response)
    assert somebody.get(f"/orders/{Order.objects.get().pk}/").status_code == 404


def test_a_draft_of_staff_is_nobodys_yet(ready):
    pay(ready)
    Order.objects.update(status="draft")
    assert ready.get(f"/orders/{Order.objects.get().token}/").status_code == 404
