"""The basket, as a guest fills it in a browser with and without scripts."""

import pytest
from django.test import Client
from saleor.checkout.models import Checkout, CheckoutLine

from storefront.responses import BASKET_COOKIE_AGE
from tests.factories import GiftCardFactory, VoucherFactory

OWN = {"Sec-Fetch-Site": "same-origin"}
HTMX = {**OWN, "HX-Request": "true"}


@pytest.fixture
def guest():
    return Client(headers=OWN, enforce_csrf_checks=False)


def add(client, variant, quantity=1, **kwargs):
    return client.post("/basket/add/", {"variant": variant.pk, "quantity": quantity}, **kwargs)


def text(response):
    return response.content.decode()


def test_adding_leads_to_the_basket(shop, guest):
    response = add(guest, shop.starter, 2)
    assert (response.status_code, response["Location"]) == (303, "/basket/")
    page = text(guest.get("/basket/"))
    assert "Starter set" in page
    assert "£78.00" in page


def test_with_htmx_adding_answers_beside_the_button(shop, guest):
    response = add(guest, shop.starter, 2, headers=HTMX)
    assert response.status_code == 200
    assert "In your basket: 2." in text(response)
    assert 'class="count" hx-swap-oob="true">2</span>' in text(response)
    assert "<html" not in text(response)


def test_the_cookie_is_signed_out_of_reach_of_scripts_and_names_nothing(shop, guest, settings):
    cookie = add(guest, shop.starter).cookies[settings.BASKET_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert cookie["max-age"] == BASKET_COOKIE_AGE.total_seconds()
    token, *signature = cookie.value.split(":")
    assert Checkout.objects.filter(pk=token).exists()
    assert signature


def test_in_production_the_cookie_travels_over_https_only(shop, guest, settings):
    settings.BASKET_COOKIE_NAME, settings.BASKET_COOKIE_SECURE = "__Host-basket", True
    cookie = add(guest, shop.starter).cookies["__Host-basket"]
    assert cookie["secure"]


@pytest.mark.parametrize("value", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "a:b:c"])
def test_a_tampered_cookie_is_an_empty_basket_not_an_error(shop, guest, settings, value):
    add(guest, shop.starter)
    guest.cookies[settings.BASKET_COOKIE_NAME] = value
    assert "There is nothing in your basket." in text(guest.get("/basket/"))
    assert add(guest, shop.full).status_code == 303
    assert "Starter set" not in text(guest.get("/basket/"))


def test_a_token_without_its_signature_opens_nobodys_basket(shop, guest, settings):
    add(guest, shop.starter)
    token = str(Checkout.objects.get().pk)
    thief = Client(headers=OWN)
    thief.cookies[settings.BASKET_COOKIE_NAME] = token
    assert "There is nothing in your basket." in text(thief.get("/basket/"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "http://testserver/sets/starter-set/"}, 303),
        ({"Referer": "https://evil.example/"}, 403),
        ({}, 403),
    ],
)
def test_only_our_own_pages_can_fill_a_basket(shop, headers, status):
    response = add(Client(enforce_csrf_checks=True), shop.starter, headers=headers)
    assert response.status_code == status
    assert Checkout.objects.exists() is (status == 303)
    assert bool(response.cookies) is (status == 303)


@pytest.mark.parametrize(
    "address", ["/basket/lines/1/", "/basket/code/", "/checkout/address/", "/checkout/place/"]
)
def test_every_other_form_needs_its_token(shop, address):
    sender = Client(enforce_csrf_checks=True, headers=OWN)
    add(sender, shop.starter)
    response = sender.post(address, {"quantity": 0})
    assert response.status_code == 403
    assert "Please try again" in text(response)
    assert CheckoutLine.objects.get().quantity == 1


@pytest.mark.parametrize("headers", [OWN, HTMX])
def test_more_than_is_left_is_said_and_what_was_typed_is_kept(shop, guest, headers):
    shop.set_stock(shop.starter, 2)
    response = add(guest, shop.starter, 7, headers=headers)
    assert response.status_code == 409
    assert "Starter set: only 2 left, and you asked for 7." in text(response)
    if headers is OWN:
        assert 'value="7"' in text(response)
        assert 'href="/sets/starter-set/"' in text(response)
    assert not Checkout.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"variant": "x", "quantity": 1},
        {"variant": 1, "quantity": 0},
        {"variant": 1, "quantity": 21},
        {"variant": 1, "quantity": "1e3"},
        {"variant": "9" * 30, "quantity": 1},
        {"variant": -1, "quantity": 1},
    ],
)
def test_nonsense_is_refused_kindly(shop, guest, data):
    response = guest.post("/basket/add/", data)
    assert response.status_code == 422
    assert "Not added yet" in text(response)
    assert not Checkout.objects.exists()


def test_what_is_not_for_sale_is_refused_kindly(shop, guest):
    response = guest.post("/basket/add/", {"variant": 999_999, "quantity": 1})
    assert response.status_code == 409
    assert "We do not sell this at the moment." in text(response)


def test_a_line_is_changed_and_taken_out(shop, guest):
    add(guest, shop.starter)
    line = f"/basket/lines/{CheckoutLine.objects.get().pk}/"
    assert guest.post(line, {"quantity": 3})["Location"] == "/basket/"
    assert "£117.00" in text(guest.get("/basket/"))
    guest.post(line, {"quantity": 3, "remove": "1"})
    assert "There is nothing in your basket." in text(guest.get("/basket/"))


def test_a_number_too_high_for_a_line_stays_in_its_field(shop, guest):
    shop.set_stock(shop.starter, 4)
    add(guest, shop.starter)
    line = CheckoutLine.objects.get()
    response = guest.post(f"/basket/lines/{line.pk}/", {"quantity": 9})
    assert response.status_code == 409
    assert "only 4 left, and you asked for 9" in text(response)
    assert 'value="9" aria-invalid="true"' in text(response)
    line.refresh_from_db()
    assert line.quantity == 1


def test_another_guest_cannot_touch_the_line(shop, guest):
    add(guest, shop.starter)
    other = Client(headers=OWN)
    add(other, shop.full)
    line = CheckoutLine.objects.get(variant=shop.starter)
    response = other.post(f"/basket/lines/{line.pk}/", {"remove": "1"})
    assert response.status_code == 409
    assert "Starter set" not in text(response)
    assert CheckoutLine.objects.filter(pk=line.pk).exists()


def test_stock_that_went_meanwhile_is_shown_before_the_checkout(shop, guest):
    add(guest, shop.starter, 3)
    shop.set_stock(shop.starter, 1)
    page = text(guest.get("/basket/"))
    assert "Only 1 left. Please lower the quantity." in page
    assert "/checkout/address/" not in page


def test_a_voucher_is_applied_shown_and_taken_out(shop, guest):
    add(guest, shop.starter)
    VoucherFactory(code="CALM10", name="Ten pounds off")
    assert guest.post("/basket/code/", {"code": " calm10 "}).status_code == 303
    page = text(guest.get("/basket/"))
    assert "Ten pounds off" in page
    assert "£29.00" in page
    guest.post("/basket/code/", {"remove_voucher": "1"})
    assert "Ten pounds off" not in text(guest.get("/basket/"))


def test_a_gift_card_shows_its_last_digits_only(shop, guest):
    add(guest, shop.starter)
    card = GiftCardFactory(code="SECRET123456")
    guest.post("/basket/code/", {"code": card.code})
    page = text(guest.get("/basket/"))
    assert "Gift card …3456" in page
    assert "SECRET" not in page
    guest.post("/basket/code/", {"remove_card": card.pk})
    assert "Gift card …" not in text(guest.get("/basket/"))


@pytest.mark.parametrize(
    ("typed", "status", "message"),
    [
        ("", 422, "Enter a code."),
        ("NOPE", 409, "We do not know this code"),
        ("x" * 101, 422, "shorter"),
    ],
)
def test_a_code_that_does_not_work_stays_in_its_field(shop, guest, typed, status, message):
    add(guest, shop.starter)
    response = guest.post("/basket/code/", {"code": typed})
    assert response.status_code == status
    assert message in text(response)
    assert f'value="{typed}"' in text(response) or not typed


@pytest.mark.parametrize("data", [{"code": "A"}, {"remove_voucher": "1"}, {"remove_card": "1"}])
def test_a_code_without_a_basket_is_no_error(shop, guest, data):
    assert guest.post("/basket/code/", data).status_code in {303, 409}


def test_the_title_says_nothing(shop, guest):
    add(guest, shop.starter)
    assert "<title>Basket · Stillwater</title>" in text(guest.get("/basket/"))


def note_of(client):
    page = text(client.get("/basket/"))
    return page.split("data-said>")[1].split("</div>")[0] if "data-said>" in page else ""


def test_the_basket_says_once_what_was_done(shop, guest):
    add(guest, shop.starter, 2)
    assert "It is in your basket." in note_of(guest)
    assert note_of(guest) == ""
    line = CheckoutLine.objects.get()
    guest.post(f"/basket/lines/{line.pk}/", {"quantity": 1})
    assert "Starter set: 1 in your basket." in note_of(guest)
    guest.post(f"/basket/lines/{line.pk}/", {"quantity": 99})
    assert note_of(guest) == ""  # what went wrong stands at its line


def test_a_line_that_was_taken_out_can_be_put_back(shop, guest):
    add(guest, shop.starter, 2)
    line = CheckoutLine.objects.get()
    guest.post(f"/basket/lines/{line.pk}/", {"remove": "1"})
    said = note_of(guest)
    assert "Starter set is no longer in your basket." in said
    assert f'name="variant" value="{shop.starter.pk}"' in said
    assert 'name="quantity" value="2"' in said
    add(guest, shop.starter, 2)
    assert CheckoutLine.objects.get().quantity == 2


def test_a_code_that_was_taken_out_can_be_put_back(shop, guest):
    voucher = VoucherFactory()
    add(guest, shop.starter)
    guest.post("/basket/code/", {"code": voucher.code})
    assert "Your code was added." in note_of(guest)
    guest.post("/basket/code/", {"remove_voucher": "1"})
    said = note_of(guest)
    assert f"Code {voucher.code} was taken out." in said
    guest.post("/basket/code/", {"code": voucher.code})
    assert Checkout.objects.get().voucher_code == voucher.code


def test_nobody_else_is_told(shop, guest):
    add(guest, shop.starter)
    stranger = Client(headers=OWN)
    assert note_of(stranger) == ""
    assert "It is in your basket." in note_of(guest)


def test_the_title_of_what_failed_says_so_first_and_stays_neutral(shop, guest):
    add(guest, shop.starter)
    line = CheckoutLine.objects.get()
    for answer in (
        guest.post(f"/basket/lines/{line.pk}/", {"quantity": 99}),
        guest.post("/basket/code/", {"code": "nothing"}),
    ):
        assert "<title>Error: Basket · Stillwater</title>" in text(answer)
        assert answer.headers["Content-Length"] == str(len(answer.content))
    assert "<title>Basket · Stillwater</title>" in text(guest.get("/basket/"))
    assert "<title>Error: Finalizar la compra" in text(guest.post("/es/checkout/address/", {}))
