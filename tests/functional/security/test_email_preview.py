"""The preview of an e-mail: an order's own values for who may see orders, and no live link."""

import pytest

from dashboard.models import AccessRecord
from plugins.discreet_shipping.order_contract import store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.order_emails.kinds.base import KINDS
from tests import personas
from tests.factories import AddressFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

TEXTS = "/staff/order_emails/emailtext/"
CONFIRMED = f"{TEXTS}order_confirmed/en/"


@pytest.fixture
def order():
    made = builders.order(paid=True, shipping_address=AddressFactory(last_name="Heron"))
    builders.line(made, variant_in_stock(9, product__name="Gentle set", name=""), 2)
    store_contract(order=made, rules=current_settings())
    return made


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_preview_holds_a_link_that_opens_the_order(order, kind, language):
    page = words(personas.owner().get(f"{TEXTS}{kind}/{language}/?order={order.pk}"))
    assert "/orders/open/" not in page
    assert str(order.token) not in page


def test_the_owner_sees_the_order_and_that_is_written_down(order):
    owner = personas.owner()
    page = words(owner.get(f"{CONFIRMED}?order={order.pk}"))
    assert f"with order {order.pk}" in page
    assert f"Your Stillwater order {order.pk}" in page
    record = AccessRecord.objects.get()
    assert (record.actor.email, record.kind, record.subject_id) == (
        "owner@example.org", "order", order.pk,
    )  # fmt: skip


@pytest.mark.parametrize("send", ["get", "post"])
def test_who_only_writes_texts_sees_made_up_values_whatever_they_ask(order, send):
    writer = personas.staff("site.manage_settings")
    sent = {"order": order.pk, "do": "preview", "expected_version": 0, "opening": "x",
            "heading": "y {number}", "button": "z"}  # fmt: skip
    page = words(getattr(writer, send)(CONFIRMED, sent))
    assert "with made-up values" in page
    for private in ("Gentle set", "Heron", f"order {order.pk}", "Order to preview with"):
        assert private not in page
    assert AccessRecord.objects.count() == 0


def test_who_only_writes_texts_cannot_ask_which_orders_there_are(order):
    writer = personas.staff("site.manage_settings")
    known = words(writer.get(f"{CONFIRMED}?order={order.pk}"))
    unknown = words(writer.get(f"{CONFIRMED}?order={order.pk + 1}"))
    assert (
        known.split("<main")[-1].split("<script")[0]
        == unknown.split("<main")[-1].split("<script")[0]
    )
    assert "There is no order" not in unknown


def test_an_order_that_the_email_does_not_tell_of_is_not_written_down(order):
    personas.owner().get(f"{TEXTS}payment_refunded/en/?order={order.pk}")
    assert AccessRecord.objects.count() == 0
