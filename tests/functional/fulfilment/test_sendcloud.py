"""Labels bought of Sendcloud, whose answers have the shapes of its documentation."""

import json

import pytest
import requests

from plugins.discreet_shipping import carriers, sendcloud
from plugins.discreet_shipping.order_contract import contract_of
from plugins.fulfilment.models import CarrierLabel, Shipment
from plugins.fulfilment.policies import PackingRefused
from tests.functional.fulfilment.test_carrier_labels import buy, ordered, png, send

pytestmark = pytest.mark.django_db
ANNOUNCED = {
    "data": {
        "id": "87e18823-016b-479b-b9e0-c5c0c4065452",
        "order_number": "1",
        "parcels": [
            {
                "id": 383707309,
                "status": {"code": "READY_TO_SEND", "message": "Ready to send"},
                "documents": [
                    {
                        "type": "label",
                        "size": "a6",
                        "link": "https://panel.sendcloud.sc/api/v3/parcels/383707309/documents/label",
                    }
                ],
                "tracking_number": "3SYZXG8498635",
            }
        ],
        "errors": [],
    }
}
FAILED = {
    "data": {
        "id": "x",
        "parcels": [{"id": 1, "status": {"code": "ANNOUNCEMENT_FAILED"}, "tracking_number": ""}],
        "errors": [
            {"status": "400", "code": "parcel_announcement_error", "detail": "No such postcode."}
        ],
    }
}
INVALID = {
    "errors": [
        {
            "detail": "This field is required.",
            "status": "400",
            "source": {"pointer": "/data/attributes/to_address/name"},
            "code": "required",
        }
    ]
}


class Wire:
    """Answers in place of the network, in order; keeps what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, method, url, **more):
        self.asked.append((method, url.removeprefix(sendcloud.BASE), more))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        made = requests.Response()
        made.status_code = status
        made._content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return made


@pytest.fixture
def wire(monkeypatch, settings):
    settings.LABEL_CARRIER = "sendcloud"
    settings.SENDCLOUD_PUBLIC_KEY, settings.SENDCLOUD_SECRET_KEY = "public", "secret"
    settings.SENDCLOUD_SENDER_ID = 42

    def answers(*given):
        made = Wire(*given)
        monkeypatch.setattr(sendcloud.requests, "request", made)
        return made

    return answers


def test_sendcloud_is_told_the_label_and_nothing_of_what_is_in_it(wire, packer):
    order, sent = ordered(packer), wire((201, ANNOUNCED), (200, png()))
    assert "3SYZXG8498635" in buy(order, packer)
    (method, path, more), (_get, label, about) = sent.asked
    reference = CarrierLabel.objects.get().reference
    assert (method, path) == ("POST", "/shipments/announce")
    assert more["json"] == {
        "label_details": {"mime_type": "image/png", "dpi": 300},
        "external_reference_id": reference,
        "order_number": str(order.pk),
        "from_address": {
            "sender_address_id": 42,
            "company_name": contract_of(order)["label"]["sender"][0],
        },
        "to_address": {
            "name": "Robin Marsh",
            "address_line_1": "4 Mill Lane",
            "postal_code": "BN7 1AA",
            "city": order.shipping_address.city,
            "country_code": "GB",
        },
        "ship_with": {
            "type": "shipping_option_code",
            "properties": {"shipping_option_code": "royal_mailv2:tracked_48"},
        },
        "parcels": [{"weight": {"value": "0.50", "unit": "kg"}}],
    }
    assert "robin@example.org" not in json.dumps(more["json"])
    assert more["auth"] == ("public", "secret")
    assert more["timeout"] == sendcloud.TIMEOUTS
    assert not more["allow_redirects"]
    assert label == "/parcels/383707309/documents/label"
    assert about["headers"] == {"Accept": "image/png"}
    assert CarrierLabel.objects.get().parcel_id == "383707309"


def test_after_a_timeout_the_label_that_was_bought_is_fetched(wire, packer):
    order = ordered(packer)
    wire(requests.ReadTimeout())
    with pytest.raises(PackingRefused, match="it is bought once however often you try"):
        buy(order, packer)
    found = {"data": [ANNOUNCED["data"]]}
    sent = wire((409, ANNOUNCED), (200, found), (200, png()))
    assert "3SYZXG8498635" in buy(order, packer)
    reference = CarrierLabel.objects.get().reference
    assert sent.asked[0][2]["json"]["external_reference_id"] == reference
    assert sent.asked[1][1:] == ("/shipments", sent.asked[1][2])
    assert sent.asked[1][2]["params"] == {"external_reference_id": reference}


def test_a_label_that_did_not_come_down_is_fetched_later(wire, packer):
    order = ordered(packer)
    wire((201, ANNOUNCED), (503, {}))
    with pytest.raises(PackingRefused, match="busy or out of order"):
        buy(order, packer)
    wire((409, {}), (200, {"data": [ANNOUNCED["data"]]}), (200, b"%PDF-1.4"))
    with pytest.raises(PackingRefused, match="label cannot be read"):
        buy(order, packer)
    wire((409, {}), (200, {"data": [ANNOUNCED["data"]]}), (200, png()))
    assert "3SYZXG8498635" in buy(order, packer)


@pytest.mark.parametrize(
    ("answer", "words", "state"),
    [
        ((400, INVALID), "The carrier says: name: This field is required.", "refused"),
        ((201, FAILED), "The carrier says: No such postcode.", "refused"),
        ((401, {"errors": []}), "does not accept the shop's keys", "refused"),
        ((429, {}), "busy or out of order", "buying"),
        ((500, b"<html>"), "busy or out of order", "buying"),
        ((201, b"<html>"), "busy or out of order", "buying"),
        ((302, b""), "busy or out of order", "buying"),
        ((201, {"data": {"parcels": []}}), "still making the label", "buying"),
        (requests.ConnectionError(), "did not answer", "buying"),
    ],
)
def test_what_goes_wrong_is_said_in_plain_words(wire, packer, caplog, answer, words, state):
    order = ordered(packer)
    wire(answer)
    with pytest.raises(PackingRefused) as refused:
        buy(order, packer)
    assert words in str(refused.value)
    assert CarrierLabel.objects.get().state == state
    assert "Marsh" not in caplog.text


def test_states_are_asked_for_and_come_to_the_order(wire, packer):
    order = ordered(packer)
    wire((201, ANNOUNCED), (200, png()))
    buy(order, packer)
    send(order, packer)
    delivered = json.loads(json.dumps(ANNOUNCED["data"]))
    delivered["parcels"][0]["status"]["code"] = "DELIVERED"
    sent = wire((200, {"data": [delivered]}))
    assert carriers.follow_parcels() == 1
    assert sent.asked[0][2]["params"] == {"ids": "383707309", "page_size": "100"}
    assert Shipment.objects.get().state == "delivered"
