"""Labels bought of a carrier: each once, and followed to the door."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from saleor.order.models import Fulfillment

from dashboard.services import packing
from plugins.discreet_shipping import carriers
from plugins.discreet_shipping.carriers import BoughtLabel, CarrierRefused, CarrierUnavailable
from plugins.discreet_shipping.order_contract import contract_of, store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import CarrierLabel, Shipment, ShipmentState
from plugins.fulfilment.policies import PackingRefused
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.order_messages import CONTRACT_KEY
from product_content.catalogue.adapters.shop import set_delivery_days
from tests import personas
from tests.factories import ShippingMethodFactory, UserFactory, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


def png():
    file = io.BytesIO()
    Image.new("L", (620, 874), 200).save(file, "PNG")
    return file.getvalue()


class Counter:
    """A carrier that counts what it is asked, and fails as it is told to."""

    name = "Sendcloud"

    def __init__(self):
        self.asked, self.sold, self.fails = [], {}, []
        self.known = {}

    def buy_label(self, shipment):
        self.asked.append(shipment)
        number = self.sold.setdefault(shipment.reference, f"AB{len(self.sold) + 1:06}GB")
        if self.fails:
            raise self.fails.pop(0)
        return BoughtLabel(parcel_id=number[2:8], tracking_number=number, picture=png())

    def states(self, parcel_ids):
        return {parcel: state for parcel, state in self.known.items() if parcel in parcel_ids}


@pytest.fixture
def carrier(monkeypatch, settings):
    settings.LABEL_CARRIER = "sendcloud"
    made = Counter()
    monkeypatch.setattr("plugins.discreet_shipping.sendcloud.Sendcloud", lambda: made)
    return made


def ordered(packer=None, sku="SET-A"):
    method = ShippingMethodFactory(name="Tracked 48")
    set_delivery_days(method, [1, 2], carrier_option="royal_mailv2:tracked_48")
    order = builders.order(paid=True, shipping_method=method, shipping_method_name=method.name)
    builders.line(order, variant_in_stock(9, sku=sku), 1)
    store_contract(order=order, rules=current_settings())
    if packer:
        packing.claim(order_id=order.pk, packer=packer)
    return order


def buy(order, packer):
    return packing.buy_parcel_label(order_id=order.pk, packer=packer)


def send(order, packer, number=""):
    packing.scan(order_id=order.pk, packer=packer, code="SET-A")
    packing.send_parcel(
        order_id=order.pk, packer=packer, ticked=["usual"], tracking_number=number, partly=False
    )


def test_a_second_click_buys_nothing(carrier, packer):
    order = ordered(packer)
    assert buy(order, packer) == buy(order, packer) == "The label is bought: AB000001GB. Print it."
    assert len(carrier.asked) == 1
    assert CarrierLabel.objects.get().state == "bought"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_buy_one_label(carrier, packer):
    order = ordered(packer)

    def click():
        try:
            return buy(order, packer)
        except PackingRefused as refused:
            return str(refused)

    answers = set(at_once(click, click))
    assert len(carrier.sold) == len(carrier.asked) == 1
    assert answers <= {
        "The label is bought: AB000001GB. Print it.",
        "The label is being bought now. Look again in a minute.",
    }


def test_after_no_answer_the_same_purchase_is_asked_for_again(carrier, packer):
    order = ordered(packer)
    carrier.fails = [CarrierUnavailable("no answer")]
    with pytest.raises(PackingRefused, match="no answer"):
        buy(order, packer)
    assert "AB000001GB" in buy(order, packer)
    first, second = carrier.asked
    assert first.reference == second.reference
    assert len(carrier.sold) == CarrierLabel.objects.count() == 1


def test_after_a_refusal_another_purchase_is_begun(carrier, packer):
    order = ordered(packer)
    carrier.fails = [CarrierRefused("The carrier says: postcode")]
    with pytest.raises(PackingRefused, match="postcode"):
        buy(order, packer)
    buy(order, packer)
    assert list(CarrierLabel.objects.values_list("state", flat=True)) == ["refused", "bought"]
    assert carrier.asked[0].reference != carrier.asked[1].reference


def test_a_process_that_died_while_it_bought_blocks_for_a_minute_and_a_half(carrier, packer):
    order = ordered(packer)
    carrier.fails = [RuntimeError("killed")]
    with pytest.raises(RuntimeError):
        buy(order, packer)
    with pytest.raises(PackingRefused, match="being bought now"):
        buy(order, packer)
    CarrierLabel.objects.update(asked_at=timezone.now() - carriers.LEASE)
    assert "AB000001GB" in buy(order, packer)
    assert len(carrier.sold) == 1


def test_its_number_goes_with_the_parcel_and_its_picture_is_printed(carrier, packer):
    order = ordered(packer)
    buy(order, packer)
    ours = personas.in_role("Packer")
    address = f"/staff/order/order/{order.pk}/document/label/a6.png"
    with Image.open(io.BytesIO(ours.get(address).content)) as printed:
        assert printed.size == (1240, 1748)
        assert printed.getpixel((400, 400)) == 200
    assert ours.get(address.replace(".png", ".pdf")).content[:5] == b"%PDF-"
    send(order, packer)
    assert Fulfillment.objects.get().tracking_number == "AB000001GB"
    assert CarrierLabel.objects.get().shipment == Shipment.objects.get()


def test_another_number_that_the_packer_types_counts(carrier, packer):
    order = ordered(packer)
    buy(order, packer)
    send(order, packer, "ZZ12345")
    assert Fulfillment.objects.get().tracking_number == "ZZ12345"


def test_for_another_address_another_label_is_bought(carrier, packer):
    order = ordered(packer)
    buy(order, packer)
    order.shipping_address.street_address_1 = "5 Mill Lane"
    order.shipping_address.save()
    order.refresh_from_db()
    store_contract(order=order, rules=current_settings())
    assert carriers.bought_label(order) is None
    buy(order, packer)
    assert list(CarrierLabel.objects.values_list("state", flat=True)) == ["void", "bought"]
    assert carrier.asked[1].street == ("5 Mill Lane",)
    notes = [event.parameters.get("message", "") for event in order.events.all()]
    assert any("Cancel it at the carrier" in note for note in notes)


def test_who_does_not_pack_it_buys_nothing(carrier, packer):
    order = ordered(packer)
    other = UserFactory(is_staff=True)
    with pytest.raises(PackingRefused, match="is packing this order now"):
        buy(order, other)
    assert (
        personas.in_role("Support").post(f"/staff/packing/{order.pk}/buy-label/").status_code == 403
    )
    assert carrier.asked == []


def without_option(order):
    set_delivery_days(order.shipping_method, [1, 2], carrier_option="")
    return "has no carrier's code"


def untold(order):
    contract = contract_of(order) | {"carrier": []}
    order.store_value_in_metadata({CONTRACT_KEY: contract})
    order.save()
    return "was not told of this carrier"


@pytest.mark.parametrize("change", [without_option, untold])
def test_no_label_is_bought_where_it_may_not_be(carrier, packer, change):
    order = ordered(packer)
    why = change(order)
    with pytest.raises(PackingRefused, match=why):
        buy(order, packer)
    assert carrier.asked == []
    assert not CarrierLabel.objects.exists()


def test_the_contract_says_what_the_carrier_is_told(carrier, settings):
    [said] = contract_of(ordered())["carrier"]
    assert said.startswith("We may buy the label from Sendcloud.")
    assert "They are not sent your e-mail address" in said
    settings.LABEL_CARRIER = ""
    order = ordered(sku="SET-B")
    assert contract_of(order)["carrier"] == []


def test_without_a_carrier_no_button_is_there(settings):
    order, client = ordered(), personas.in_role("Packer")
    client.post(f"/staff/packing/{order.pk}/claim/")
    page = f"/staff/packing/{order.pk}/"
    assert "Buy the carrier" not in client.get(page).content.decode()
    said = client.post(f"{page}buy-label/", follow=True).content.decode()
    assert "No carrier is set up that sells labels." in said
    settings.LABEL_CARRIER = "local"
    assert "Buy the carrier" in client.get(page).content.decode()
    said = client.post(f"{page}buy-label/", follow=True).content.decode()
    assert "The label is bought: TRIAL" in said
    assert "Buy the carrier" not in said


def test_what_the_carrier_tells_comes_to_the_order_once(carrier, packer):
    order = ordered(packer)
    buy(order, packer)
    assert carriers.follow_parcels() == 0  # it has not left
    send(order, packer)
    carrier.known = {"000001": ShipmentState.READY}  # at a counter, though it goes to an address
    assert carriers.follow_parcels() == 0
    carrier.known = {"000001": ShipmentState.DELIVERED}
    assert carriers.follow_parcels() == 1
    assert carriers.follow_parcels() == 0
    shipment = Shipment.objects.get()
    assert shipment.state == "delivered"
    assert shipment.steps.last().actor_id is None
    assert OutgoingEmail.objects.filter(order=order, kind="delivered").count() == 1


def test_a_carrier_that_does_not_answer_harms_nothing(carrier, packer, monkeypatch):
    order = ordered(packer)
    buy(order, packer)
    send(order, packer)

    def silent(_parcels):
        raise CarrierUnavailable("no answer")

    monkeypatch.setattr(carrier, "states", silent)
    assert carriers.follow_parcels() == 0
    assert CarrierLabel.objects.get().seen_at is None


def test_the_trial_carrier_delivers_after_an_hour(settings, packer):
    settings.LABEL_CARRIER = "local"
    order = ordered(packer)
    buy(order, packer)
    send(order, packer)
    assert carriers.follow_parcels() == 0
    label = CarrierLabel.objects.get()
    then = timezone.now() - timedelta(hours=1, minutes=1)
    CarrierLabel.objects.update(parcel_id=f"{int(then.timestamp())}-{label.reference[:12]}")
    assert carriers.follow_parcels() == 1
