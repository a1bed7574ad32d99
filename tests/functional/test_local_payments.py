"""The local payment page: pay, decline, cancel, and what it keeps to itself."""

import pytest
from django.core import mail
from saleor.checkout.models import Checkout
from saleor.order.models import Order
from saleor.payment.models import Transaction

from plugins.local_payments.provider import sign
from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.services import place_order, release_order, start_payment
from tests.factories import basket, variant_in_stock
from tests.personas import stranger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def checkout():
    return basket((variant_in_stock(5, product__name="Gentle set"), 1))


@pytest.fixture
def placed(checkout):
    return place_order(checkout_token=checkout.pk)


@pytest.fixture
def page(placed):
    return start_payment(order_id=placed.order_id).url.removeprefix("http://testserver")


def press(page, action):
    return stranger().post(page, {"action": action})


def test_page_shows_shop_number_and_amount_only(page, placed):
    response = stranger().get(page)
    text = response.content.decode()
    assert response.status_code == 200
    for shown in ("Stillwater", f"<dd>{placed.number}</dd>", "£52.50", "Pay", "Decline", "Cancel"):
        assert shown in text
    for hidden in ("Gentle", "Marsh", "robin@example.org", "LEWES", placed.order_token):
        assert hidden not in text
    assert "<title>Payment" in text


def test_page_is_not_kept_and_runs_no_script(page):
    response = stranger().get(page)
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    text = response.content.decode()
    assert "<script" not in text
    assert "style=" not in text
    assert "<style" not in text


def test_pay(page, placed):
    response = press(page, "pay")
    assert response.status_code == 302
    assert response["Location"] == f"/orders/{placed.order_token}/"
    assert Order.objects.get().is_fully_paid()
    assert Checkout.objects.count() == 0
    assert len(mail.outbox) == 1


def test_pay_twice_and_back_leads_to_the_order(page, placed):
    press(page, "pay")
    for response in (press(page, "pay"), press(page, "cancel"), stranger().get(page)):
        assert response["Location"] == f"/orders/{placed.order_token}/"
    assert Transaction.objects.count() == 1
    assert len(mail.outbox) == 1


def test_decline_says_so_and_lets_try_again(page):
    response = press(page, "decline")
    assert "The payment was declined" in response.content.decode()
    assert "Try again" in response.content.decode()
    assert Transaction.objects.get().is_success is False
    assert Checkout.objects.count() == 1
    press(page, "pay")
    assert Order.objects.get().is_fully_paid()


def test_cancel_releases_the_order_and_keeps_the_basket(page, checkout):
    response = press(page, "cancel")
    assert response["Location"] == "/basket/"
    assert Order.objects.get().status == "canceled"
    assert Checkout.objects.get() == checkout
    assert PaymentSession.objects.get().state == SessionStatus.CANCELED


def test_ended_payment_cannot_be_paid(page, placed):
    release_order(order_id=placed.order_id, reason="x")
    for response in (stranger().get(page), press(page, "pay")):
        assert response.status_code == 200
        assert "This payment has ended and nothing was charged" in response.content.decode()
    assert Transaction.objects.count() == 0


def test_unknown_button_does_nothing(page):
    assert press(page, "steal").status_code == 200
    assert Transaction.objects.count() == 0


def test_form_needs_its_token(page):
    assert stranger(enforce_csrf_checks=True).post(page, {"action": "pay"}).status_code == 403
    assert Transaction.objects.count() == 0


def test_address_that_we_did_not_sign_is_not_found(page):
    reference = PaymentSession.objects.get().reference
    for path in (f"/pay/local/{reference}/", f"/pay/local/{sign('nothing')}/", f"{page[:-3]}xx/"):
        assert stranger().get(path).status_code == 404


def test_page_does_not_exist_in_production(page, settings):
    settings.PRODUCTION = True
    assert stranger().get(page).status_code == 404
    assert press(page, "pay").status_code == 404
    assert Transaction.objects.count() == 0
