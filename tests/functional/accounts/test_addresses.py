"""The addresses in an account, and who may touch them."""

import pytest
from saleor.account.models import Address

from storefront.addresses import MAX_ADDRESSES
from tests import personas
from tests.factories import (
    AddressFactory,
    ShippingMethodFactory,
    WarehouseFactory,
    basket,
    variant_in_stock,
)

pytestmark = pytest.mark.django_db

TYPED = {
    "first_name": "Robin", "last_name": "Marsh", "street_address_1": "4 Mill Lane",
    "street_address_2": "", "city": "Lewes", "postal_code": "bn7 1aa", "country": "GB", "phone": "",
}  # fmt: skip
PLACES = ("", "use/", "delete/")


@pytest.fixture
def client(robin):
    WarehouseFactory(zones=[ShippingMethodFactory().shipping_zone])
    return personas.customer(robin)


@pytest.fixture
def saved(robin):
    address = AddressFactory()
    robin.addresses.add(address)
    return address


def text(answer):
    return answer.content.decode()


def test_an_address_is_added_in_its_countrys_spelling_and_becomes_the_usual_one(client, robin):
    answer = client.post("/account/addresses/new/", TYPED)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/addresses/")
    robin.refresh_from_db()
    (address,) = robin.addresses.all()
    assert (address.city, address.postal_code, str(address.phone)) == ("LEWES", "BN7 1AA", "")
    assert robin.default_shipping_address == address
    assert "The checkout starts with this" in text(client.get("/account/addresses/"))


def test_the_same_address_is_kept_once(client, robin):
    for _ in range(2):
        client.post("/account/addresses/new/", TYPED)
    assert robin.addresses.count() == 1


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, robin):
    answer = client.post("/account/addresses/new/", {**TYPED, "postal_code": "1"})
    assert answer.status_code == 422
    assert 'value="4 Mill Lane"' in text(answer)
    assert "does not look right for the country" in text(answer)
    assert robin.addresses.count() == 0


def test_the_form_follows_the_country_without_javascript(client):
    air = ShippingMethodFactory(
        name="Air", shipping_zone__name="America", shipping_zone__countries=["US"]
    )
    WarehouseFactory(zones=[air.shipping_zone])
    sent = {**TYPED, "country": "US", "change_country": "1"}
    page = text(client.post("/account/addresses/new/", sent))
    assert "ZIP code" in page
    assert 'value="4 Mill Lane"' in page
    assert Address.objects.filter(user_addresses__isnull=False).count() == 0


def test_an_account_has_room_for_twenty(client, robin):
    robin.addresses.set(AddressFactory(street_address_1=f"{n} Row") for n in range(MAX_ADDRESSES))
    answer = client.post("/account/addresses/new/", TYPED)
    assert answer.status_code == 409
    assert "There are as many addresses as fit." in text(answer)
    assert robin.addresses.count() == MAX_ADDRESSES


def test_changing_one_leaves_orders_and_baskets_alone(client, saved):
    other = basket((variant_in_stock(5), 1))
    client.post(f"/account/addresses/{saved.pk}/", {**TYPED, "city": "Hove"})
    saved.refresh_from_db()
    other.shipping_address.refresh_from_db()
    assert (saved.city, other.shipping_address.city) == ("HOVE", "LEWES")


def test_another_one_can_be_the_usual_one(client, robin, saved):
    client.post("/account/addresses/new/", {**TYPED, "street_address_1": "5 Mill Lane"})
    client.post(f"/account/addresses/{saved.pk}/use/")
    robin.refresh_from_db()
    assert robin.default_shipping_address_id == saved.pk


def test_deleting_the_usual_one_makes_the_next_one_usual(client, robin, saved):
    client.post("/account/addresses/new/", {**TYPED, "street_address_1": "5 Mill Lane"})
    robin.refresh_from_db()
    client.post(f"/account/addresses/{robin.default_shipping_address_id}/delete/")
    robin.refresh_from_db()
    assert list(robin.addresses.all()) == [saved]
    assert robin.default_shipping_address_id == saved.pk
    client.post(f"/account/addresses/{saved.pk}/delete/")
    assert not Address.objects.filter(pk=saved.pk).exists()
    assert "No address is kept." in text(client.get("/account/addresses/"))


def test_a_deleted_address_that_an_order_shares_stays_with_the_order(client, saved):
    basket((variant_in_stock(5), 1), shipping_address=saved)
    client.post(f"/account/addresses/{saved.pk}/delete/")
    assert Address.objects.filter(pk=saved.pk, user_addresses=None).exists()


@pytest.mark.parametrize("place", PLACES)
def test_another_customers_address_does_not_exist(saved, place):
    WarehouseFactory(zones=[ShippingMethodFactory().shipping_zone])
    other = personas.wrong_customer()
    assert other.post(f"/account/addresses/{saved.pk}/{place}", TYPED).status_code == 404
    assert other.get(f"/account/addresses/{saved.pk}/").status_code == 404
    saved.refresh_from_db()
    assert (saved.street_address_1, saved.user_addresses.count()) == ("4 Mill Lane", 1)


@pytest.mark.parametrize("place", PLACES)
def test_strangers_and_staff_are_asked_to_log_in(saved, place):
    for nobody in (personas.anonymous(), personas.staff("account.manage_users"), personas.owner()):
        answer = nobody.post(f"/account/addresses/{saved.pk}/{place}", TYPED)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/?next=")
    assert saved.user_addresses.count() == 1
