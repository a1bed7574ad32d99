"""Codes on a packing slip tell nobody anything but the packer's scanner."""

import re

import pytest
from saleor.order.models import Order

from dashboard.services.packing import claim, scan
from plugins.discreet_shipping.changes import change_choices
from plugins.discreet_shipping.models import SlipCode
from plugins.discreet_shipping.order_contract import contract_of
from plugins.ordering.models import PaymentSession
from plugins.ordering.order_messages import CONTRACT_KEY
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.pieces import packed_pieces
from plugins.ordering.placing import place_order
from storefront.baskets import get_basket
from storefront.discretion import keep_choices, preview_of_basket
from tests.factories import UserFactory, basket, variant_in_stock
from tests.personas import anonymous

pytestmark = pytest.mark.django_db(transaction=True)
CODE = re.compile(r"Code [2-9A-HJ-NP-Z]{6}")


@pytest.fixture
def variants():
    return variant_in_stock(9), variant_in_stock(9)


def buy(variants, **choices):
    checkout = basket(*((variant, 1) for variant in variants))
    keep_choices(token=checkout.pk, data={"slip": "codes", **choices})
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    session = PaymentSession.objects.get(order_id=placed.order_id)
    record_payment(
        provider="fake", reference=session.reference, amount=placed.total, raw_id=f"ch_{session.pk}"
    )
    return Order.objects.get(pk=placed.order_id)


def codes(order):
    order.refresh_from_db()
    return [code for code, _pieces in contract_of(order)["slip"]["lines"]]


def test_two_orders_of_the_same_things_have_codes_of_their_own(variants):
    first, second = codes(buy(variants)), codes(buy(variants))
    assert all(CODE.fullmatch(code) for code in first + second)
    assert len({*first, *second}) == 4


def test_before_paying_the_codes_are_still_to_come(variants):
    checkout = basket((variants[0], 1))
    keep_choices(token=checkout.pk, data={"slip": "codes"})
    preview = preview_of_basket(get_basket(checkout.pk))
    assert preview.contract["slip"]["lines"] == [["Code ??????", "1"]]
    assert not SlipCode.objects.exists()


def test_whoever_wants_no_slip_has_no_codes(variants):
    assert codes(buy(variants, slip="none")) == []
    assert not SlipCode.objects.exists()


def test_a_slip_that_was_printed_stays_true_when_the_parcel_is_changed(variants):
    order = buy(variants)
    before = codes(order)
    change_choices(order_id=order.pk, data={"slip": "codes", "no_neighbour": True})
    assert codes(order) == before


def test_no_form_of_the_shop_takes_a_code(variants):
    code = codes(buy(variants))[0].removeprefix("Code ")
    client = anonymous(headers={"Sec-Fetch-Site": "same-origin"})
    for path, data in (
        ("/basket/add/", {"variant": code, "quantity": 1}),
        ("/wishes/", {"variant": code, "email": "robin@example.org"}),
        ("/search/", {"q": code}),
    ):
        page = client.post(path, data, follow=True).content.decode()
        # A search without an answer names goods to search for, but leads to none of them.
        assert not any(f"/{variant.product.slug}/" in page for variant in variants), path


def test_the_packer_scans_a_code_in_place_of_the_article(variants):
    order, packer = buy(variants), UserFactory(is_staff=True)
    claim(order_id=order.pk, packer=packer)
    first, second = order.lines.order_by("pk")
    by_variant = dict(order.slip_codes.values_list("variant_id", "code"))
    assert scan(order_id=order.pk, packer=packer, code=by_variant[second.variant_id].lower())
    assert packed_pieces(order) == {second.pk: 1}
    other = codes(buy(variants))[0]
    assert scan(order_id=order.pk, packer=packer, code=other) == ""
    assert packed_pieces(order) == {second.pk: 1}
    assert first.quantity == 1


def test_a_slip_of_before_there_were_random_codes_is_still_scanned(variants):
    order, packer = buy(variants), UserFactory(is_staff=True)
    SlipCode.objects.all().delete()
    contract = contract_of(order)
    contract["slip"]["lines"] = [[f"Code {variant.pk:05d}", "1"] for variant in variants]
    order.store_value_in_metadata({CONTRACT_KEY: contract})
    order.save(update_fields=["metadata"])
    claim(order_id=order.pk, packer=packer)
    assert scan(order_id=order.pk, packer=packer, code=f"Code {variants[0].pk:05d}")
    assert scan(order_id=order.pk, packer=packer, code=f"{variants[0].pk + 100:05d}") == ""
