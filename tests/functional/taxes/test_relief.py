"""VAT relief: off by default, declared at checkout, sealed, and shown to managers alone."""

import pytest
from django.test import Client
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from dashboard.models import AccessRecord
from dashboard.roles import ROLES
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.models import PaymentSession
from plugins.ordering.payment_recording import record_payment
from plugins.taxes.models import OrderTax, ProductTax, ReliefDeclaration
from plugins.taxes.relief import Declaration, seal, unseal
from tests.functional.discretion.life import ADDRESS
from tests.functional.taxes.test_examples import words
from tests.personas import in_role, link_holder
from tests.shown import pay

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/checkout/vat/"
SAID = {"name": "Robin Marsh", "condition": "vaginismus", "agreed": "on"}


@pytest.fixture
def guest(registered, shop):
    """Somebody at the review step with one product that has relief, 89.00, and one without."""
    registered(offers_relief=True)
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    ProductTax.objects.create(product=shop.full.product, relief=True)
    for variant in (shop.full, shop.lubricant):
        client.post("/basket/add/", {"variant": variant.pk, "quantity": 1})
    client.post("/checkout/address/", {**ADDRESS, "email": "robin@example.org"})
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    return client


def review(client):
    return " ".join(client.get("/checkout/review/").content.decode().split())


def paid(client):
    pay(client)
    order = Order.objects.get()
    session = PaymentSession.objects.get(order=order)
    record_payment(
        provider="fake", reference=session.reference, amount=session.amount, raw_id="ch_1"
    )
    return order


def test_it_is_off_by_default(guest, registered):
    registered()
    assert PAGE not in review(guest)
    assert guest.get(PAGE).headers["Location"] == "/checkout/review/"
    guest.post(PAGE, SAID)
    assert not ReliefDeclaration.objects.exists()


def test_whoever_declares_pays_no_vat_on_what_is_marked(guest):
    assert "Pay £101.50" in review(guest)
    assert guest.post(PAGE, SAID).headers["Location"] == "/checkout/review/"
    # 89.00 less 14.83; the delivery's part of it, 3.18 of 3.50, less 0.53
    assert "Pay £86.14" in review(guest)
    order = paid(guest)
    assert str(order.total_gross_amount) == "86.14"
    rows = OrderTax.objects.filter(order=order).order_by("pk")
    assert [(row.relief, str(row.tax_value.normalize())) for row in rows] == [
        (True, "0"), (False, "1.5"), (True, "0"), (False, "0.05"),
    ]  # fmt: skip


def test_it_can_be_taken_back(guest):
    guest.post(PAGE, SAID)
    guest.post(PAGE, {"withdraw": "1"})
    assert "Pay £101.50" in review(guest)
    assert not ReliefDeclaration.objects.exists()


def test_without_the_declaration_itself_nothing_is_kept(guest):
    answer = guest.post(PAGE, {**SAID, "agreed": ""})
    assert answer.status_code == 422
    assert "Without this we have to charge the VAT." in answer.content.decode()
    assert not ReliefDeclaration.objects.exists()


def test_what_was_declared_is_sealed_and_stands_nowhere_outside(guest, mailoutbox):
    guest.post(PAGE, SAID)
    order = paid(guest)
    for kept in ReliefDeclaration.objects.all():
        assert "vaginismus" not in kept.sealed
        assert unseal(kept.sealed) == Declaration("Robin Marsh", "vaginismus")
    shown = [
        link_holder(order).get(f"/orders/{order.token}/").content.decode(),
        words(link_holder(order).get(f"/orders/{order.token}/invoice/").content),
        words(link_holder(order).get(f"/orders/{order.token}/receipt/").content),
        in_role("Support").get(f"/staff/order/order/{order.pk}/change/").content.decode(),
        *(mail.body + mail.subject for mail in mailoutbox),
        str([order.metadata, order.private_metadata]),
    ]
    for text in shown:
        assert "vaginismus" not in text
        assert "disabled" not in text
    assert "on the buyer’s declaration" in shown[1]
    neutral = words(link_holder(order).get(f"/orders/{order.token}/invoice/neutral/").content)
    assert "declaration" not in neutral


def test_the_basket_that_is_paid_leaves_the_orders_copy_alone(guest):
    guest.post(PAGE, SAID)
    order = paid(guest)
    assert not Checkout.objects.exists()
    assert ReliefDeclaration.objects.get().order == order
    anonymise_order(order=order)
    assert not ReliefDeclaration.objects.exists()


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_managers_alone_read_it_and_it_is_recorded(guest, role):
    guest.post(PAGE, SAID)
    order = paid(guest)
    somebody = in_role(role)
    answer = somebody.get(f"/staff/order/order/{order.pk}/declaration.pdf")
    if role == "Manager":
        assert "vaginismus" in words(answer.content)
        assert AccessRecord.objects.filter(kind="document", subject_id=order.pk).count() == 1
    else:
        assert answer.status_code == 403


def test_a_former_secret_key_still_opens_it(settings):
    sealed = seal(Declaration("Robin", "x"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert unseal(sealed) == Declaration("Robin", "x")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) is None
