"""How often placing an order asks the database: it must not creep up unseen, nor grow with lines.

The counts hold BEGIN, COMMIT and the reason for the stock ledger.
"""

from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from saleor.plugins.models import PluginConfiguration

from plugins.ordering.basket import read_around
from plugins.ordering.holds import Visitor
from plugins.ordering.models import OrderLimits
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from product_content import shop_settings
from product_content.models import ShopSettings
from product_content.shop_settings import Pause
from tests.factories import (
    AddressFactory,
    GiftCardFactory,
    VoucherFactory,
    basket,
    variant_in_stock,
)

pytestmark = pytest.mark.django_db(transaction=True)


def queries_to_place(checkout, **how):
    with CaptureQueriesContext(connection) as captured:
        place_order(checkout_token=checkout.pk, **how)
    return len(captured)


@pytest.fixture(autouse=True)
def _warm():
    place_order(checkout_token=basket((variant_in_stock(5), 1)).pk)


def basket_of(lines, **fields):
    return basket(*[(variant_in_stock(5, 5), 1) for _ in range(lines)], **fields)


@pytest.mark.parametrize("lines", [1, 3, 20])
def test_lines(lines):
    assert queries_to_place(basket_of(lines)) == 15


@pytest.mark.parametrize("lines", [1, 3])
def test_of_a_visitor_whose_holds_are_limited(lines):
    assert queries_to_place(basket_of(lines), visitor=Visitor("network", "browser")) == 18


@pytest.mark.parametrize("lines", [1, 3, 20])
def test_voucher_and_gift_card(lines):
    checkout = basket_of(lines, voucher=VoucherFactory(), cards=[GiftCardFactory()])
    # The card's lock, balance and link; the voucher, its use, and what it takes off the lines.
    assert queries_to_place(checkout) == 21


@pytest.mark.parametrize("lines", [1, 20])
def test_parcel_abroad_with_a_customs_form(lines):
    checkout = basket_of(lines, country="FR", shipping_address=AddressFactory(country="FR"))
    zone = checkout.shipping_method.shipping_zone
    zone.countries = ["GB", "FR"]
    zone.save()
    assert queries_to_place(checkout) == 18  # the order's lines, their variants' customs facts


@pytest.mark.parametrize("lines", [1, 20])
def test_same_basket_again(lines):
    checkout = basket_of(lines)
    place_order(checkout_token=checkout.pk)
    assert queries_to_place(checkout) == 6


def test_the_facts_of_the_shop_are_not_asked_for_by_each_email():
    with patch.object(shop_settings, "_stored", wraps=shop_settings._stored) as asked:
        place_order(checkout_token=basket_of(1).pk)
    assert asked.call_count == 2  # for what stands in a history, and for all e-mails


def test_what_stands_around_a_basket_is_read_as_it_is_stored():
    first, second = GiftCardFactory(code="B"), GiftCardFactory(code="A")
    checkout = basket((variant_in_stock(5), 1), cards=[first, second])
    other = basket((variant_in_stock(5), 1), cards=[GiftCardFactory()])
    order_id = place_order(checkout_token=other.pk).order_id
    limits = OrderLimits.objects.create(max_pieces=7, large_from=3, large_minutes=9)
    ShopSettings.objects.create(pk=1, paused=True, pause_message="We move.")
    written = {
        "identifier": "a.plugin",
        "active": True,
        "configuration": [{"name": "key", "value": 1}],
    }
    PluginConfiguration.objects.create(**written, name="A plugin", description="")
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        around, of_other = read_around(checkout), read_around(other)
    assert len(captured) == 2
    assert (around.order_id, of_other.order_id) == (None, order_id)
    assert around.card_ids == [second.pk, first.pk]
    assert model_to_dict(around.limits) == model_to_dict(limits)
    assert around.pause == Pause("We move.")
    stored = {each.identifier: model_to_dict(each) for each in PluginConfiguration.objects.all()}
    assert {each.identifier: model_to_dict(each) for each in around.configurations} == stored
    assert around.has_sales is False


def test_opening_the_payment_reads_once_and_writes_once(provider):
    order_id = place_order(checkout_token=basket((variant_in_stock(5), 1)).pk).order_id
    with CaptureQueriesContext(connection) as captured:
        start_payment(order_id=order_id)
    assert [query["sql"].split()[0] for query in captured] == ["SELECT", "UPDATE"]
