"""A manager adds a place where goods are kept; what it serves decides what is sold from it."""

import pytest
from saleor.shipping.models import ShippingZone
from saleor.warehouse.models import Stock, Warehouse

from product_content.selectors import availability
from tests import personas
from tests.factories import variant_in_stock

pytestmark = pytest.mark.django_db

LIST = "/staff/warehouse/warehouse/"


def add(who, name="Annexe", zones=()):
    fields = {"name": name, "shipping_zones": [zone.pk for zone in zones]}
    return who.post(f"{LIST}add/", fields)


@pytest.fixture
def manager():
    return personas.in_role("Manager")


def test_what_is_kept_in_a_new_warehouse_is_sold_where_it_serves(manager):
    variant = variant_in_stock(0)
    assert add(manager, zones=ShippingZone.objects.all()).status_code == 302
    new = Warehouse.objects.get(slug="annexe")
    Stock.objects.create(warehouse=new, product_variant=variant, quantity=4)
    assert availability([variant.pk], "GB") == {variant.pk: 4}
    manager.post(f"{LIST}{new.pk}/change/", {"name": "Cellar", "shipping_zones": []})
    assert availability([variant.pk], "GB") == {variant.pk: 0}
    new.refresh_from_db()
    assert (new.name, new.slug) == ("Cellar", "annexe")


@pytest.mark.parametrize("name", ["Quarantine", "倉庫"])
def test_no_name_makes_it_the_place_of_what_is_set_aside(manager, name):
    add(manager, name)
    assert Warehouse.objects.get(name=name).slug == "warehouse"


def test_nothing_is_ever_sold_from_what_is_set_aside(manager):
    variant_in_stock(1)
    place = Warehouse.objects.get()
    place.shipping_zones.clear()
    Warehouse.objects.update(slug="quarantine")
    zones = [ShippingZone.objects.values_list("pk", flat=True).first()]
    manager.post(f"{LIST}{place.pk}/change/", {"name": "Aside", "shipping_zones": zones})
    assert Warehouse.objects.get().name == "Aside"
    assert not place.shipping_zones.exists()


def test_it_is_for_those_who_manage_delivery():
    for who, status in (
        (personas.anonymous(), 302),
        (personas.customer(), 302),
        (personas.in_role("Inventory keeper"), 403),
        (personas.in_role("Support"), 403),
    ):
        assert who.get(LIST).status_code == status
        assert add(who).status_code == status
    assert not Warehouse.objects.exists()
