"""Choices that nobody offered: a clear message, and nothing is changed."""

import pytest
import yaml
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.choices import line_is_printable
from plugins.discreet_shipping.collection_points import import_points
from plugins.discreet_shipping.forms import address_rules
from plugins.discreet_shipping.plugin import save_settings
from storefront.baskets import get_basket
from tests.functional.discretion.life import ADDRESS, USUAL, tomorrow
from tests.functional.discretion.words import DATA
from tests.personas import anonymous
from tests.shown import pay, shown_of

pytestmark = pytest.mark.django_db
HEADER = b"code,carrier,kind,name,street,city,postcode,country,latitude,longitude,hours\n"
ABROAD = b"FR-1,Relais,shop,Tabac,1 Rue,Paris,75001,FR,48.86,2.34,Mon-Fri\n"
LOCKER = b"GB-L,Own,locker,Station Locker,1 Road,Lewes,BN7 2AA,GB,50.87,0.01,always\n"


@pytest.fixture
def guest(shop):
    client = anonymous(headers={"Sec-Fetch-Site": "same-origin"})
    import_points(content=HEADER + ABROAD + LOCKER)
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/checkout/address/", ADDRESS)
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    return client


def refused(client, **forged):
    before = Checkout.objects.get()
    answer = client.post("/checkout/discretion/", USUAL | forged)
    assert answer.status_code == 422
    after = Checkout.objects.get()
    assert (after.metadata, after.last_change) == (before.metadata, before.last_change)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("forged", "message"),
    [
        ({"sender": "Intimate Goods"}, "Please choose one of our sender names."),
        ({"handover": "drone"}, "Please choose one of the offered answers."),
        ({"point": "no-such-point"}, "We do not know this collection point (any more)."),
        ({"point": "FR-1"}, "This collection point is in another country"),
        ({"day": "not_before", "not_before": "2020-01-01"}, "This day has passed."),
        ({"day": "not_before", "not_before": tomorrow(400)}, "Please choose a day up to"),
        ({"day": "not_before", "not_before": "31.2.2030"}, "Write the date as a day"),
        ({"day": "not_before"}, "Choose a date."),
        ({"day": "weekdays", "weekdays": ["6"]}, "Nothing is delivered on one of these"),
        ({"day": "weekdays", "weekdays": ["9"]}, "Please choose weekdays from the list."),
        ({"day": "weekdays"}, "Choose at least one weekday."),
        ({"label_name": "other", "other_name": "x" * 10_000}, "This is too long."),
        ({"label_name": "other", "other_name": "x" * 36}, "Use at most 35 characters."),
        ({"label_name": "other", "other_name": ""}, "Write the name for the label."),
        ({"code_word": "Blue 💙"}, "Use letters, digits and simple punctuation only"),
        ({"code_word": "a\u202eb"}, "Use letters, digits and simple punctuation only"),
        ({"code_word": "שלום"}, "Use Latin letters"),
        ({"code_word": "а"}, "Use Latin letters"),
        ({"code_word": "<b>x</b>"}, "Leave out &lt; and &gt;."),
        ({"code_word": "x\r\nBcc: a@b.c"}, "Use letters, digits and simple punctuation only"),
        ({"safe_place": "porch\x07"}, "Use letters, digits and simple punctuation only"),
        ({"message_email": "not an address"}, "Enter an e-mail address"),
        ({"message_email": "a@example.org\nb@example.org"}, "Enter an e-mail address"),
        ({"handover": "named", "safe_place": "porch"}, "Someone must be there to sign"),
        ({"point": "GB-L", "safe_place": "porch"}, "At a collection point nothing is left"),
        ({"point": "GB-L", "handover": "signature"}, "A locker cannot take a signature"),
        ({"point": "GB-L", "no_neighbour": ["off", "on"]}, "no neighbour is asked"),
        ({"handover": "named", "label_name": "other", "other_name": "J. Smith"}, "identity card"),
    ],
)
def test_what_cannot_be_is_refused_in_words(guest, forged, message):
    assert message in refused(guest, **forged)


def test_an_option_that_staff_withdrew_or_that_another_country_has_is_refused(guest):
    save_settings(values={"signature_price": ""}, active=True)
    assert "“Signature on delivery” is not offered at the moment." in refused(
        guest, handover="signature"
    )
    save_settings(values={"named_countries": "FR"}, active=True)
    assert "not offered in the country of your address" in refused(guest, handover="named")
    save_settings(values={"slip_methods": "999999"}, active=True)
    assert "not offered with this way of delivery" in refused(guest, slip="codes")


def test_a_price_from_the_client_is_not_looked_at(guest):
    sent = USUAL | {"handover": "signature", "price": "0", "signature_price": "0", "options": "[]"}
    assert guest.post("/checkout/discretion/", sent).status_code == 303
    checkout = Checkout.objects.get()
    assert not {"price", "signature_price", "options"} & set(checkout.metadata["discreet_shipping"])
    assert str(get_basket(checkout.pk).delivery.amount) == "5.00"


@pytest.mark.parametrize(
    "stored",
    [
        {"version": 99},
        {"version": 1, "surprise": 1},
        {"version": 1, "handover": ["named"]},
        {"version": 1, "no_neighbour": "yes"},
        {"version": 1, "day": "not_before", "not_before": "2020-01-01"},
        ["not", "a", "mapping"],
        "text",
    ],
)
def test_stored_choices_that_do_not_fit_stop_the_order_and_ask_again(guest, stored):
    Checkout.objects.update(metadata={"discreet_shipping": stored})
    for path in ("/checkout/review/", "/checkout/seen/"):
        assert guest.get(path).headers["Location"] == "/checkout/discretion/"
    page = guest.get("/checkout/discretion/")
    assert page.status_code == 200
    assert "Please look again" in page.content.decode()
    answer = pay(guest, shown_of(Checkout.objects.get()))
    assert answer.headers["Location"] == "/checkout/discretion/"


def test_an_address_that_a_label_cannot_show_leads_back_to_the_address(guest):
    Address.objects.filter(last_name="Marsh").update(last_name="李")
    answer = pay(guest, shown_of(Checkout.objects.get()))
    assert answer.headers["Location"] == "/checkout/address/"
    assert not Order.objects.exists()


def test_every_region_of_a_country_we_deliver_to_can_stand_on_a_label():
    zones = yaml.safe_load((DATA / "catalogue.yaml").read_text())["shipping"]
    for country in {code for zone in zones for code in zone["countries"]}:
        for region, name in address_rules(country).areas:
            assert line_is_printable(region)[0], (country, region)
            assert line_is_printable(name)[0], (country, name)
