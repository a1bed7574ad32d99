"""Buying a gift card as a guest, its papers, and what staff see of it."""

from datetime import timedelta
from decimal import Decimal

import html5lib
import pytest
from django.test import Client
from django.utils import timezone
from pypdfium2 import PdfDocument
from saleor.order.models import Order

from plugins.inventory.ledger import check_ledger
from plugins.ordering.ending import NOT_PAID_IN_TIME, release_order
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.models import GiftCardSale, PaymentSession
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.sold_cards import forget_recipients
from plugins.taxes.rates import save_settings
from product_content.models import ShopSettings
from storefront.personal_data import account_data, delete_account
from tests.functional.gift_cards.buying import (
    FORM,
    OWN,
    SHOWN,
    card_of,
    check,
    messages_to,
    order_it,
    paid,
    text,
    title,
)
from tests.personas import customer, staff

pytestmark = pytest.mark.django_db(transaction=True)


def test_form_says_the_limits_and_keeps_what_was_typed(guest):
    page = text(guest.get("/gift-cards/"))
    assert "From £10.00 to £250.00." in page
    assert all(amount in page for amount in ("£25.00", "£50.00", "£100.00"))
    wrong = check(guest, amount="other", other="9.99", recipient="", message="See www.bad.example")
    assert wrong.status_code == 422
    page = text(wrong)
    assert title(wrong) == "Error: Gift cards · Stillwater"
    assert "A gift card can be over £10.00 to £250.00" in page
    assert "Enter an e-mail address" in page
    assert "Please write it without a link." in page
    assert "See www.bad.example" in page
    assert "robin@example.org" in page
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": "7.00"}, "Select a valid choice"),
        ({"amount": "other"}, "Enter an amount, such as 40."),
        ({"amount": "other", "other": "a lot"}, "Enter an amount, such as 40."),
        ({"amount": "other", "other": "250.01"}, "A gift card can be over"),
        ({"kind": ""}, "Choose how it gets to them."),
        ({"not_before": "2020-01-01"}, "This day is over."),
        ({"not_before": "2999-01-01"}, "Please choose a day within a year."),
        ({"email": "robin"}, "Enter an e-mail address"),
        ({"from_name": "http://x.example"}, "Please write it without a link."),
    ],
)
def test_what_the_form_refuses(guest, fields, words):
    response = check(guest, **fields)
    assert response.status_code == 422
    assert words in text(response)


def test_form_of_another_site_is_refused():
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post("/gift-cards/", FORM).status_code == 403


def test_page_before_paying_shows_the_whole_and_can_be_changed(guest):
    response = check(guest, from_name="Robin", message="For your birthday.")
    page = text(response)
    for words in ("£50.00", "sam@example.org", "From Robin", "For your birthday.", "Pay £50.00"):
        assert words in page
    assert response["Cache-Control"] == "private, no-store"
    html5lib.HTMLParser(strict=True).parse(page)
    assert "On the box" not in page
    assert "carrier" not in page
    again = text(guest.post("/gift-cards/", {"change": "1", "shown": SHOWN.search(page)[1]}))
    assert "For your birthday." in again
    assert 'value="sam@example.org"' in again


def test_amount_in_the_form_to_pay_cannot_be_changed(guest):
    shown = SHOWN.search(text(check(guest)))[1]
    for wrong in ("", shown[:-2] + "xx"):
        response = guest.post("/gift-cards/pay/", {"shown": wrong, "amount": "250"})
        assert response.status_code == 409
    guest.post("/gift-cards/pay/", {"shown": shown, "amount": "250"})
    assert Order.objects.get().total_gross_amount == 50


def test_pressed_twice_is_one_order(guest):
    shown = SHOWN.search(text(check(guest)))[1]
    pages = [guest.post("/gift-cards/pay/", {"shown": shown})["Location"] for _ in range(2)]
    assert pages[0] == pages[1]
    assert Order.objects.count() == 1


def test_no_code_can_pay_for_it(guest):
    order = order_it(guest)
    assert order.checkout_token == ""
    assert guest.post("/basket/code/", {"code": "ANY"}).status_code in {303, 404, 409, 422}
    order.refresh_from_db()
    assert (order.total_gross_amount, order.gift_cards.count(), order.voucher) == (50, 0, None)


def test_unpaid_one_is_told_as_cancelled_and_has_no_basket_to_go_back_to(guest):
    order = order_it(guest)
    release_order(order_id=order.pk, reason=NOT_PAID_IN_TIME)
    (message,) = messages_to("robin@example.org")
    assert "basket" not in message.body
    assert "Nothing was charged" in message.body
    assert "there is no card" in text(guest.get(f"/orders/{order.token}/"))
    assert messages_to("sam@example.org") == []


def paper(guest, order, name):
    response = guest.get(f"/orders/{order.token}/{name}/")
    assert response.status_code == 200
    return " ".join(PdfDocument(response.content)[0].get_textpage().get_text_range().split())


def test_invoice_and_receipt_say_why_there_is_no_vat(guest):
    save_settings(number="GB999999973", without_rate="same_price")
    assert "No VAT is in it" in text(check(guest))
    order = paid(guest)
    for said in (paper(guest, order, "invoice"), paper(guest, order, "receipt")):
        assert "There is no VAT in its price" in said
        assert card_of(order).code not in said


def test_order_belongs_to_the_account_of_who_is_logged_in():
    buyer = customer(headers=OWN)
    order = paid(buyer)
    assert order.user is not None
    assert str(order.pk) in text(buyer.get("/account/orders/"))
    data = account_data(order.user_id)
    assert data["orders"][0]["gift_card"]["recipient"] == "sam@example.org"
    assert card_of(order).code not in str(data)
    delete_account(user_id=order.user_id)
    assert GiftCardSale.objects.get(order=order).recipient == ""


def test_receiver_is_forgotten_after_a_while_and_with_the_orders_person(guest):
    first, second = paid(guest), paid(guest, message="Hello")
    GiftCardSale.objects.filter(order=first).update(issued_at=timezone.now() - timedelta(days=91))
    assert forget_recipients() == 1
    known = dict(GiftCardSale.objects.values_list("order_id", "recipient"))
    assert known == {first.pk: "", second.pk: "sam@example.org"}
    anonymise_order(order=second)
    sale = GiftCardSale.objects.get(order=second)
    assert (sale.recipient, sale.message) == ("", "")
    assert card_of(second).is_active


def test_none_for_sale(guest):
    shown = SHOWN.search(text(check(guest)))[1]
    ShopSettings.objects.create(pk=1, sells_gift_cards=False)
    assert "We do not sell gift cards at the moment." in text(guest.get("/gift-cards/"))
    assert guest.post("/gift-cards/pay/", {"shown": shown}).status_code == 409
    assert Order.objects.count() == 0


def test_spanish_from_the_form_to_the_email(guest):
    page = guest.get("/es/gift-cards/")
    assert title(page) == "Tarjetas regalo · Stillwater"
    checked = guest.post("/es/gift-cards/", FORM | {"amount": "other", "other": "40,5"})
    assert "40,50" in text(checked)
    guest.post("/es/gift-cards/pay/", {"shown": SHOWN.search(text(checked))[1]})
    order = Order.objects.get()
    assert (order.language_code, order.total_gross_amount) == ("es", 40.5)
    session = PaymentSession.objects.get()
    record_payment(
        provider="fake", reference=session.reference, amount=order.total.gross, raw_id="ch_1"
    )
    (message,) = messages_to("sam@example.org")
    assert message.subject == "Una tarjeta regalo para ti"
    assert "http://testserver/es/gift-cards/open/" in message.body


CARDS = "/staff/dashboard/maskedgiftcard/"


def test_staff_see_the_books_and_send_a_card_again_and_never_its_code(guest):
    order = paid(guest)
    card = card_of(order)
    seller = staff("giftcard.manage_gift_card")
    page = text(seller.get(CARDS))
    assert "Still to be spent" in page
    assert "Sold, GBP" in page
    assert page.count('<td class="py-1 pr-4">£50.00</td>') == 2  # issued, still to be spent
    assert card.code not in page
    one = text(seller.get(f"{CARDS}{card.pk}/change/"))
    assert f"#{order.pk}" in one
    assert card.code not in one
    again = f"{CARDS}{card.pk}/send-again/"
    assert "Send it again?" in text(seller.get(again))
    assert len(messages_to("sam@example.org")) == 1
    seller.post(again)
    assert len(messages_to("sam@example.org")) == 2
    for who in (staff("order.manage_orders"), customer(), Client()):
        assert who.post(again).status_code in {302, 403}
    assert len(messages_to("sam@example.org")) == 2


def test_staff_find_nothing_to_pack_and_can_refund_what_is_unspent(guest):
    order = paid(guest)
    code, who = card_of(order).code, staff("order.manage_orders")
    page = who.get(f"/staff/order/order/{order.pk}/change/")
    assert page.status_code == 200
    assert code not in text(page)
    assert check_ledger().differences == ()
    for work in ("to_pack", "late", "attention", "waiting"):
        shown = who.get("/staff/order/order/", {"work": work}).context["cl"].result_list
        assert [row.pk for row in shown] == []
    refund = who.get(f"/staff/order/order/{order.pk}/refund/")
    assert refund.status_code == 200
    assert code not in text(refund)


@pytest.mark.parametrize(
    ("currency", "typed", "kept", "shown"),
    [("JPY", "4050", "4050", "4,050"), ("KWD", "40.25", "40.25", "40.250")],
)
def test_amounts_have_the_decimals_of_the_shops_currency(
    guest, settings, currency, typed, kept, shown
):
    settings.DEFAULT_CURRENCY = currency
    page = text(check(guest, amount="other", other=typed))
    assert shown in page
    signed = SHOWN.search(page)[1]
    form = text(guest.post("/gift-cards/", {"shown": signed, "change": "1"}))
    assert f'name="other" value="{kept}"' in form
    order = paid(guest, amount="other", other=typed)
    assert card_of(order).current_balance_amount == Decimal(kept)


@pytest.mark.parametrize(("currency", "typed"), [("JPY", "4050.5"), ("KWD", "40.255")])
def test_an_amount_that_nobody_can_pay_is_refused_in_our_words(guest, settings, currency, typed):
    settings.DEFAULT_CURRENCY = currency
    page = text(check(guest, amount="other", other=typed))
    assert "Please write an amount without further decimals." in page


def test_a_shop_that_is_not_registered_speaks_of_no_vat(guest):
    assert "VAT" not in text(guest.get("/gift-cards/"))
    assert "VAT" not in text(check(guest))
    order = paid(guest, kind="print")
    assert "VAT" not in paper(guest, order, "receipt")
    invoice = paper(guest, order, "invoice")
    assert invoice.endswith("The seller is not registered for VAT: no VAT is charged.")
