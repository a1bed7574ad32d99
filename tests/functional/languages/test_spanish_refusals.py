"""Each page of a customer's life in Spanish, also those that refuse something, has no English."""

import html
import re

import pytest
from django.utils import translation
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.choices import Choices, to_data
from plugins.discreet_shipping.collection_points import import_points
from plugins.fulfilment.models import ShipmentState
from plugins.fulfilment.packing import fulfil, report_shipments, start_packing
from plugins.ordering.models import OrderFlag
from plugins.ordering.placing import place_order
from tests.factories import UserFactory
from tests.functional.discretion.life import ADDRESS, USUAL
from tests.functional.discretion.test_discretion_browser import POINTS
from tests.functional.languages.english import english_on
from tests.personas import anonymous, link_holder
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
# Words that an English sentence can hardly do without, and that are none in Spanish.
_ENGLISH = re.compile(
    r"\b(the|is|are|was|were|your|you|and|this|that|of|we|not|cannot|with|from|been|have)\b",
    re.IGNORECASE,
)
_OF_THE_TEST_SHOP = {"first session"}  # its guide's title
_MIN_WORDS = 3  # in one sentence; names of goods and of streets have fewer
# The test shop's goods and its carriers' words are English; a label is, for carriers.
_NOT_OURS = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->|<code>.*?</code>", re.DOTALL)


def english_sentences(page):
    text = re.sub(r"<[^>]+>", "\n", _NOT_OURS.sub("", page))
    sentences = (" ".join(each.split()) for each in re.split(r"[.\n]", html.unescape(text)))
    return [each for each in sentences if len(_ENGLISH.findall(each)) >= _MIN_WORDS]


def assert_spanish(answer):
    page = answer.content.decode()
    assert '<html lang="es"' in page
    assert english_sentences(page) == []
    visible = html.unescape(re.sub(r"<[^>]+>", "\n", _NOT_OURS.sub("", page)))
    assert set(english_on(visible)) <= _OF_THE_TEST_SHOP


def test_an_english_sentence_is_found():
    page = "<p>Your parcel is on its way, so the order cannot be cancelled any more.</p>"
    assert english_sentences(page) != []


@pytest.fixture
def guest(shop):
    import_points(content=POINTS)
    client = anonymous(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/es/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/es/checkout/address/", ADDRESS)
    client.post("/es/checkout/delivery/", {"method": shop.courier.pk})
    return client


def test_a_basket_and_every_refusal_of_its_choices(guest):
    for path in ("basket/", "checkout/address/", "checkout/delivery/", "checkout/discretion/",
                 "checkout/seen/", "checkout/review/", "rehearsal/"):  # fmt: skip
        assert_spanish(guest.get(f"/es/{path}"))
    assert_spanish(guest.post("/es/checkout/delivery/", {}))
    assert_spanish(guest.post("/es/rehearsal/send/", {"email": "x"}))
    for wrong in (
        {"day": "not_before"},
        {"day": "weekdays"},
        {"sender": "Somebody"},
        {"point": "nowhere"},
        {"point": "BRI-1", "handover": "signature"},
        {"point": "BRI-1", "safe_place": "porch"},
        {"handover": "named", "safe_place": "porch"},
        {"handover": "named", "label_name": "other", "other_name": "J. Smith"},
        {"label_name": "other"},
        {"code_word": "<b>"},
        {"message_email": "x"},
    ):
        answer = guest.post("/es/checkout/discretion/", USUAL | wrong)
        assert answer.status_code == 422, wrong
        assert_spanish(answer)
    assert_spanish(guest.post("/es/checkout/discretion/", {}))
    assert_spanish(guest.post("/es/basket/code/", {"code": "NOTHING"}))


@pytest.fixture
def order(guest):
    checkout = Checkout.objects.get()
    checkout.metadata = {"discreet_shipping": to_data(Choices(point="LEW-2"))}
    checkout.save(update_fields=["metadata"])
    with translation.override("es"):
        placed = place_order(checkout_token=checkout.pk)
    return Order.objects.get(pk=placed.order_id)


def every_page(order):
    client = link_holder(order)
    for page in ("", "seen/", "discretion/", "cancel/", "return/"):
        answer = client.get(f"/es/orders/{order.token}/{page}")
        may_be = {200, 404} if page == "return/" else {200, 409}  # nothing to send back: no page
        assert answer.status_code in may_be, page
        assert_spanish(answer)
    for page, sent in (("discretion/", USUAL), ("cancel/", {}), ("return/", {})):
        answer = client.post(f"/es/orders/{order.token}/{page}", sent)
        if answer.status_code >= 400:
            assert_spanish(answer)


def test_an_order_that_waits(order):
    every_page(order)


def test_an_order_that_is_packed_sent_collected_and_refuses_all(order):
    clerk = UserFactory(is_staff=True)
    builders.payment(order, order.total_gross_amount)
    start_packing(order_id=order.pk, user=clerk)
    every_page(order)
    line = order.lines.get()
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=clerk.pk)
    for state in (ShipmentState.READY, ShipmentState.DELIVERED):
        report_shipments(order_id=order.pk, state=state, is_collection=True, actor_id=clerk.pk)
        every_page(order)


@pytest.mark.parametrize("reason", ["dispute", "paid_twice"])
def test_an_order_that_somebody_looks_at(order, reason):
    builders.payment(order, order.total_gross_amount)
    OrderFlag.objects.create(order=order, reason=reason)
    every_page(order)
