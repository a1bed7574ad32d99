"""Support sends an order elsewhere before it is packed: once, told, and never behind a packer."""

import pytest
from django.core import mail
from saleor.account.models import Address
from saleor.order.models import Order

from dashboard.models import AccessRecord
from dashboard.services import packing
from plugins.discreet_shipping.changes import address_version, change_address, change_choices
from plugins.discreet_shipping.order_contract import contract_of, store_contract
from plugins.discreet_shipping.plugin import current_settings, save_settings
from plugins.discreet_shipping.policies import ChangeRefused
from plugins.fulfilment.packing import fulfil, is_being_packed
from plugins.order_emails import tasks
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.refunds import cancel_order
from tests import personas
from tests.factories import (
    ShippingMethodFactory,
    ShippingZoneFactory,
    UserFactory,
    variant_in_stock,
)
from tests.functional.emails.orders import bodies
from tests.functional.ordering.parallel import at_once
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
NEW = {
    "first_name": "Robin", "last_name": "Marsh", "street_address_1": "7 Quay Street",
    "street_address_2": "", "country": "GB", "city": "Bristol", "postal_code": "bs1 4qa",
    "phone": "",
}  # fmt: skip
STORED = {**NEW, "city": "BRISTOL", "postal_code": "BS1 4QA"}


@pytest.fixture
def support():
    return personas.in_role("Support")


@pytest.fixture
def order():
    """A paid order with its promise, whose delivery goes to two countries."""
    zone = ShippingZoneFactory(countries=["GB", "IE"])
    method = ShippingMethodFactory(shipping_zone=zone)
    made = builders.order(paid=True, shipping_method=method)
    builders.line(made, variant_in_stock(9, product__name="Gentle set"), 2)
    store_contract(order=made, rules=current_settings())
    return made


def page(order):
    return f"/staff/order/order/{order.pk}/address/"


def expected_version(order):
    return address_version(Order.objects.get(pk=order.pk).shipping_address)


def move(client, order, **fields):
    sent = {**NEW, "expected_version": expected_version(order), **fields}
    return client.post(page(order), sent, follow=True).content.decode()


def goes_to(order):
    return Order.objects.get(pk=order.pk).shipping_address.street_address_1


def told(order):
    return OutgoingEmail.objects.filter(order=order, kind="changed").count()


def test_the_order_its_label_and_its_promise_have_the_new_address(support, order):
    before, bill = contract_of(order), order.billing_address.as_data()
    old = order.shipping_address_id
    html = move(support, order)
    assert "The order goes to the new address. Its customer is told." in html
    assert "The address from the placed order was updated" in html
    assert "7 Quay Street" in html
    order.refresh_from_db()
    after = contract_of(order)
    assert after["label"]["recipient"] == [
        "Robin Marsh", "7 Quay Street", "BRISTOL", "BS1 4QA", "United Kingdom",
    ]  # fmt: skip
    assert {**after, "label": None} == {**before, "label": None}
    assert order.billing_address.as_data() == bill
    assert not Address.objects.filter(pk=old).exists()  # nobody needs it any more


def test_the_customer_is_told_once_and_nobody_else_learns_anything(support, order):
    move(support, order)
    move(support, order)
    assert told(order) == 1
    mail.outbox.clear()
    row = OutgoingEmail.objects.get(order=order, kind="changed")
    tasks.send_email(row.pk)
    [message] = [one for one in mail.outbox if "changed" in one.subject]
    assert message.subject == f"Your Stillwater order {order.pk} was changed"
    for body in bodies(message):
        assert "where it goes" in body
        for private in ("Quay Street", "Mill Lane", "Gentle", "dilator", "pelvic"):
            assert private not in body


def test_who_saw_the_address_is_written_down(support, order):
    html = support.get(page(order)).content.decode()
    assert "4 Mill Lane" in html
    assert list(AccessRecord.objects.values_list("kind", "subject_id")) == [("order", order.pk)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"postal_code": "12345"}, "This postcode does not look right for the country."),
        ({"street_address_1": ""}, "Enter your address."),
        ({"last_name": "マーシュ"}, "Please write this in Latin, Greek or Cyrillic letters"),
        ({"country": "FR"}, "The delivery that was paid does not go there."),
        ({"phone": "12"}, "Enter a phone number, or leave it out."),
    ],
)
def test_a_wrong_address_is_told_beside_its_field_and_kept(support, order, fields, said):
    html = move(support, order, **{"street_address_2": "Flat 9", **fields})
    assert said in html
    assert 'value="Flat 9"' in html
    assert goes_to(order) != "7 Quay Street"
    assert told(order) == 0


def test_it_goes_where_the_paid_delivery_goes(support, order):
    irish = {"country": "IE", "city": "Cork", "country_area": "Co. Cork", "postal_code": "T12 W8KD"}
    html = support.get(page(order)).content.decode()
    assert "Ireland" in html
    assert "France" not in html
    move(support, order, **irish)
    order.refresh_from_db()
    assert order.shipping_address.country.code == "IE"
    assert contract_of(order)["customs"]


def test_what_was_chosen_must_be_had_in_the_new_country(support, order):
    save_settings(values={"signature_countries": "GB", "signature_price": "0"}, active=True)
    change_choices(order_id=order.pk, data={"handover": "signature"})
    html = move(support, order, country="IE", city="Cork", postal_code="T12 W8KD")
    assert "7 Quay Street" in html  # what was typed
    assert goes_to(order) == "4 Mill Lane"
    move(support, order)
    assert goes_to(order) == "7 Quay Street"


def _send(order):
    [line] = order.lines.all()
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=UserFactory(is_staff=True).pk)


def _collect(order):
    order.store_value_in_metadata({"discreet_shipping": {"point": "GB-1"}})
    order.save()


@pytest.mark.parametrize(
    ("happen", "why"),
    [
        (lambda o: cancel_order(order_id=o.pk, actor_id=None, reason="x"), "was cancelled"),
        (_send, "A parcel of this order has left."),
        (
            lambda o: packing.claim(order_id=o.pk, packer=UserFactory(is_staff=True)),
            "Somebody is packing this order.",
        ),
        (_collect, "It goes to a collection point."),
    ],
)
def test_it_is_too_late_or_the_wrong_way(support, order, happen, why):
    shown = expected_version(order)
    happen(order)
    assert why in support.get(page(order)).content.decode()
    assert why in move(support, order, expected_version=shown)
    assert goes_to(order) == "4 Mill Lane"
    assert told(order) == 0


def test_an_unpaid_order_is_changed_in_the_checkout(support):
    order = builders.order()
    assert "Until then its customer changes it in the checkout." in move(support, order)
    assert goes_to(order) == "4 Mill Lane"


def test_a_printed_label_has_to_be_destroyed_first(support, order):
    assert "is destroyed" not in support.get(page(order)).content.decode()
    personas.in_role("Packer").get(f"/staff/order/order/{order.pk}/document/label/a6.pdf")
    html = move(support, order)
    assert "Its label was printed with the old address. Destroy it" in html
    assert goes_to(order) == "4 Mill Lane"
    move(support, order, destroyed="on")
    assert goes_to(order) == "7 Quay Street"
    assert "is destroyed" not in support.get(page(order)).content.decode()


def test_a_slip_has_no_address_to_destroy(support):
    order = builders.order(paid=True)
    support.get(f"/staff/order/order/{order.pk}/document/slip/a6.pdf")
    assert "is destroyed" not in support.get(page(order)).content.decode()


def test_the_second_of_two_is_told_sees_the_new_one_and_keeps_what_was_typed(support, order):
    shown = expected_version(order)
    move(personas.in_role("Support"), order)
    html = move(support, order, expected_version=shown, street_address_1="9 Hill Road")
    assert "Somebody changed the address meanwhile." in html
    assert "7 Quay Street" in html
    assert 'value="9 Hill Road"' in html
    assert f'value="{expected_version(order)}"' in html
    assert goes_to(order) == "7 Quay Street"
    move(support, order, street_address_1="9 Hill Road")
    assert goes_to(order) == "9 Hill Road"
    assert told(order) == 2


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
def test_others_may_not(role, order):
    who = personas.in_role(role)
    assert who.get(page(order)).status_code == 403
    assert (
        who.post(page(order), {**NEW, "expected_version": expected_version(order)}).status_code
        == 403
    )
    assert goes_to(order) == "4 Mill Lane"


@pytest.mark.django_db(transaction=True)
def test_two_who_change_it_at_the_same_moment_change_it_once(order):
    clerk, shown = UserFactory(is_staff=True), expected_version(order)

    def change(street):
        try:
            change_address(
                order_id=order.pk,
                address={**STORED, "street_address_1": street},
                expected_version=shown,
                destroyed=False,
                actor_id=clerk.pk,
            )
        except ChangeRefused:
            return "told"
        return street

    answers = at_once(lambda: change("1 First Road"), lambda: change("2 Second Road"))
    assert "told" in answers
    [street] = set(answers) - {"told"}
    assert goes_to(order) == street
    assert contract_of(Order.objects.get())["label"]["recipient"][1] == street
    assert told(order) == 1


@pytest.mark.django_db(transaction=True)
def test_a_packer_begins_or_the_address_changes_first_and_the_label_is_the_orders(order):
    clerk, shown = UserFactory(is_staff=True), expected_version(order)

    def change():
        try:
            change_address(
                order_id=order.pk,
                address=STORED,
                expected_version=shown,
                destroyed=False,
                actor_id=clerk.pk,
            )
        except ChangeRefused as refused:
            return str(refused)
        return "moved"

    said, _ = at_once(change, lambda: packing.claim(order_id=order.pk, packer=clerk))
    expected = {"moved": "7 Quay Street"}.get(said, "4 Mill Lane")
    assert said == "moved" or said.startswith("Somebody is packing")
    assert is_being_packed(order.pk)
    assert goes_to(order) == expected
    assert contract_of(Order.objects.get())["label"]["recipient"][1] == expected
