"""A form that is sent twice, by a double click, does what it is for once."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from saleor.checkout.models import CheckoutLine
from saleor.giftcard.models import GiftCard
from saleor.order.models import OrderEvent

from plugins.ordering.models import SubmittedForm
from plugins.ordering.submitted_forms import DOUBLE_CLICK, claim_form, forget_old_forms
from storefront.basket_changes import add_to_basket
from tests import personas
from tests.functional.ordering.parallel import at_once
from tests.unit.dashboard import builders
from tests.unit.storefront.shop import open_shop

pytestmark = pytest.mark.django_db
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
CARDS = "/staff/dashboard/maskedgiftcard/"
TOKEN = re.compile(r'name="form_token" value="(\w+)"')


def token_of(answer):
    return TOKEN.search(answer.content.decode())[1]


@pytest.fixture
def shop(db):
    return open_shop()


def page_of(shop):
    return f"/sets/{shop.starter.product.slug}/"


@pytest.fixture
def guest(shop):
    """A guest who has something in the basket already."""
    client = Client(headers=SAME_ORIGIN)
    client.post("/basket/add/", {"variant": shop.lubricant.pk, "quantity": 1})
    return client


def press(client, shop, token, **headers):
    data = {"variant": shop.starter.pk, "quantity": 1, "form_token": token}
    return client.post("/basket/add/", data, headers=headers or None)


def pieces(shop):
    lines = CheckoutLine.objects.filter(variant=shop.starter)
    return sum(lines.values_list("quantity", flat=True))


def test_a_double_click_adds_once_and_leads_to_the_basket(shop, guest):
    token = token_of(guest.get(page_of(shop)))
    assert [press(guest, shop, token).status_code for _ in range(2)] == [303, 303]
    assert pieces(shop) == 1


def test_from_a_page_that_is_opened_again_later_a_second_one_is_added(shop, guest):
    token = token_of(guest.get(page_of(shop)))
    press(guest, shop, token)
    SubmittedForm.objects.update(at=timezone.now() - DOUBLE_CLICK)
    assert token_of(guest.get(page_of(shop))) == token  # the page is the same for everybody
    assert [press(guest, shop, token).status_code for _ in range(2)] == [303, 303]
    assert pieces(shop) == 2


def test_two_products_at_the_same_moment_are_both_added(shop, guest):
    token = token_of(guest.get(page_of(shop)))
    press(guest, shop, token)
    other = {"variant": shop.full.pk, "quantity": 1, "form_token": token}
    guest.post("/basket/add/", other)
    assert CheckoutLine.objects.filter(variant=shop.full).count() == 1


def test_beside_the_button_the_answer_holds_a_new_token(shop, guest):
    token = token_of(guest.get(page_of(shop)))
    answer = press(guest, shop, token, **{"HX-Request": "true"})
    press(guest, shop, token_of(answer), **{"HX-Request": "true"})
    assert pieces(shop) == 2


def test_the_token_of_another_visitor_counts_for_nothing(shop, guest):
    token = token_of(guest.get(page_of(shop)))
    press(guest, shop, token)
    other = Client(headers=SAME_ORIGIN)
    other.post("/basket/add/", {"variant": shop.lubricant.pk, "quantity": 1})
    press(other, shop, token)
    assert pieces(shop) == 2


def test_a_refused_form_may_be_sent_again(shop, guest):
    token = token_of(guest.get(page_of(shop)))
    data = {"variant": shop.starter.pk, "quantity": 20, "form_token": token}
    assert guest.post("/basket/add/", data).status_code == 409
    press(guest, shop, token)
    assert pieces(shop) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one(shop):
    basket = add_to_basket(token=None, variant_id=shop.lubricant.pk, quantity=1).token
    press_once = lambda: add_to_basket(  # noqa: E731
        token=basket, variant_id=shop.starter.pk, quantity=1, form_token="once"
    )
    outcomes = at_once(press_once, press_once, press_once)
    assert [outcome.line_quantity for outcome in outcomes] == [1, 1, 1]
    assert pieces(shop) == 1


def test_a_gift_card_is_issued_once_however_often_the_form_is_sent():
    who = personas.staff("giftcard.manage_gift_card")
    form = {"initial_balance_amount": "50", "form_token": token_of(who.get(f"{CARDS}add/"))}
    answers = [who.post(f"{CARDS}add/", form, follow=True) for _ in range(2)]
    assert GiftCard.objects.count() == 1
    assert "This was added already" in answers[1].content.decode()
    who.post(f"{CARDS}add/", form | {"form_token": token_of(who.get(f"{CARDS}add/"))})
    assert GiftCard.objects.count() == 2


def test_a_form_for_a_new_row_that_was_wrong_may_be_sent_again():
    who = personas.staff("giftcard.manage_gift_card")
    form = {"initial_balance_amount": "-1", "form_token": token_of(who.get(f"{CARDS}add/"))}
    who.post(f"{CARDS}add/", form)
    who.post(f"{CARDS}add/", form | {"initial_balance_amount": "50"})
    assert GiftCard.objects.count() == 1


def notes():
    return OrderEvent.objects.filter(type="note_added").count()


def test_a_note_stands_once():
    order = builders.order()
    who = personas.staff("order.manage_orders")
    page = f"/staff/order/order/{order.pk}/note/"
    form = {"message": "Rang.", "form_token": token_of(who.get(page))}
    answers = [who.post(page, form, follow=True) for _ in range(2)]
    assert notes() == 1
    assert "This was done already" in answers[1].content.decode()


def test_a_note_on_several_orders_stands_once_on_each():
    orders = [builders.order(), builders.order()]
    who = personas.staff("order.manage_orders")
    chosen = {"action": "add_note", "_selected_action": [order.pk for order in orders]}
    shown = who.post("/staff/order/order/", chosen)
    form = chosen | {"confirm": "yes", "message": "Rang.", "form_token": token_of(shown)}
    for _ in range(2):
        who.post("/staff/order/order/", form)
    assert notes() == 2


def test_old_tokens_are_forgotten():
    claim_form(owner="staff 1", token="x")
    assert forget_old_forms() == 0
    SubmittedForm.objects.update(at="2020-01-01T00:00Z")
    assert forget_old_forms() == 1
