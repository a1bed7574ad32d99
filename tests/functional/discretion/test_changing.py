"""Changing the parcel after ordering: until packing begins, re-priced and promised anew."""

import pytest
from prices import Money
from saleor.order.models import Order

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.errors import ChangeRefused, ChoicesRefused
from plugins.discreet_shipping.selectors import contract_of
from plugins.discreet_shipping.services import (
    change_choices,
    remember_choices,
    remembered_choices,
    start_packing,
)
from plugins.ordering.models import PaymentSession, Refund
from plugins.ordering.services import place_order, record_payment, start_payment
from storefront.services.discretion import keep_choices
from tests.factories import FakeProvider, UserFactory, basket, variant_in_stock
from tests.personas import link_holder, staff, stranger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _provider(settings):
    settings.PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
    FakeProvider.reset()


@pytest.fixture
def order():
    """A paid order with a signature (1.50)."""
    checkout = basket((variant_in_stock(9), 1))
    keep_choices(token=checkout.pk, data={"handover": "signature"})
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    reference = PaymentSession.objects.get().reference
    record_payment(provider="fake", reference=reference, amount=placed.total, raw_id="ch_1")
    return Order.objects.get()


def test_less_is_given_back_once_and_the_contract_is_new(order):
    assert change_choices(order_id=order.pk, data={}) == Money("1.50", "GBP")
    assert [refund.amount for refund in Refund.objects.all()] == [Money("1.50", "GBP")]
    order.refresh_from_db()
    assert contract_of(order)["label"]["marks"] == []
    assert contract_of(order)["options"] == []
    assert change_choices(order_id=order.pk, data={"slip": "codes"}) == Money("0.00", "GBP")
    assert Refund.objects.count() == 1


def test_more_is_refused_with_the_difference_and_nothing_is_changed(order):
    before = order.metadata
    with pytest.raises(ChangeRefused, match=r"1\.00 GBP more"):
        change_choices(order_id=order.pk, data={"handover": "named"})
    with pytest.raises(ChoicesRefused, match="sender names"):
        change_choices(order_id=order.pk, data={"sender": "Somebody"})
    order.refresh_from_db()
    assert (order.metadata, Refund.objects.count()) == (before, 0)


def test_once_packing_has_begun_nothing_changes(order):
    start_packing(order_id=order.pk, user=UserFactory(is_staff=True))
    with pytest.raises(ChangeRefused, match="begun to pack"):
        change_choices(order_id=order.pk, data={})
    page = link_holder(order).post(f"/orders/{order.token}/discretion/", {"handover": "any"})
    assert page.status_code == 409
    assert "We have begun to pack your parcel" in page.content.decode()


def test_unpaid_orders_are_changed_in_the_checkout():
    placed = place_order(checkout_token=basket((variant_in_stock(9), 1)).pk)
    with pytest.raises(ChangeRefused, match="not paid yet"):
        change_choices(order_id=placed.order_id, data={})
    with pytest.raises(ChangeRefused, match="Only a paid order"):
        start_packing(order_id=placed.order_id, user=UserFactory())


def test_sheets_are_for_those_who_manage_orders(order):
    address = f"/staff/order/order/{order.pk}/sheet/label/4x6.pdf"
    packer = staff("order.manage_orders")
    answer = packer.get(address)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert packer.get(address.replace("pdf", "png")).content[:4] == b"\x89PNG"
    assert packer.get(address.replace("4x6", "a4")).status_code == 404
    assert packer.get(address.replace("/label/", "/slip/")).status_code == 404
    assert staff("product.manage_products").get(address).status_code == 403
    assert stranger().get(address).status_code == 302


def test_choices_are_remembered_only_for_those_who_ask():
    user, chosen = UserFactory(), Choices(label_name="initials", code_word="Bluebell")
    remember_choices(user=user, choices=chosen, asked=False)
    assert remembered_choices(user=user) is None
    remember_choices(user=user, choices=chosen, asked=True)
    assert remembered_choices(user=user) == Choices(label_name="initials")
    remember_choices(user=user, choices=chosen, asked=False)
    assert remembered_choices(user=user) is None
