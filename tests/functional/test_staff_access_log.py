"""Each look at a customer's data is written down, and only managers read who looked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.models import AccessRecord
from dashboard.services.personal_data import delete_old_traces
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

LOG = "/staff/dashboard/accessrecord/"


@pytest.fixture
def order():
    made = builders.order(paid=True)
    builders.line(made, variant_in_stock(5, sku="SET-A"), 1)
    return made


def looks():
    return list(AccessRecord.objects.order_by("pk").values_list("kind", "subject_id"))


def test_each_page_of_an_order_or_customer_is_written_down_once_per_look(order):
    customer = UserFactory()
    support, packer = personas.in_role("Support"), personas.in_role("Packer")
    support.get(f"/staff/order/order/{order.pk}/change/")
    support.get(f"/staff/dashboard/customer/{customer.pk}/change/")
    packer.get(f"/staff/packing/{order.pk}/")
    assert looks() == [("order", order.pk), ("customer", customer.pk), ("parcel", order.pk)]


def test_what_was_refused_or_is_not_there_was_not_seen(order):
    keeper = personas.in_role("Inventory keeper")
    keeper.get(f"/staff/order/order/{order.pk}/change/")
    keeper.get(f"/staff/packing/{order.pk}/")
    personas.in_role("Support").get("/staff/order/order/999999/change/")
    assert looks() == []


def test_a_manager_finds_who_looked(order):
    support = personas.in_role("Support")
    support.get(f"/staff/order/order/{order.pk}/change/")
    who = AccessRecord.objects.get().actor.email
    manager = personas.in_role("Manager")
    html = manager.get(LOG, {"q": str(order.pk)}).content.decode()
    assert who in html
    assert "robin@example.org" not in html
    assert who not in manager.get(LOG, {"q": "999999"}).content.decode()
    record = AccessRecord.objects.get()
    assert manager.post(f"{LOG}{record.pk}/delete/", {"post": "yes"}).status_code == 403
    assert manager.post(f"{LOG}{record.pk}/change/", {"kind": "document"}).status_code == 403


def test_looks_are_forgotten_with_the_rest_of_staffs_log(order):
    personas.in_role("Support").get(f"/staff/order/order/{order.pk}/change/")
    personas.in_role("Support").get(f"/staff/order/order/{order.pk}/change/")
    old = AccessRecord.objects.first()
    AccessRecord.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=3 * 366))
    delete_old_traces()
    assert AccessRecord.objects.count() == 1
