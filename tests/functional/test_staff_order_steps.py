"""Support cancels an order, and notes what the carrier said of its parcel."""

import pytest

from plugins.fulfilment.packing import fulfil
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.models import Refund
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def support():
    return personas.in_role("Support")


@pytest.fixture
def order():
    made = builders.order(paid=True)
    builders.line(made, variant_in_stock(5, sku="SET-A"), 2)
    return made


def step(client, order, **fields):
    url = f"/staff/order/order/{order.pk}/step/"
    return client.post(url, fields, follow=True).content.decode()


def send(order):
    [line] = order.lines.all()
    fulfil(order_id=order.pk, pieces={line.pk: 2}, actor_id=UserFactory(is_staff=True).pk)


def emails(order):
    return sorted(OutgoingEmail.objects.filter(order=order).values_list("kind", flat=True))


def test_an_order_is_cancelled_with_a_reason(support, order):
    said = step(support, order, step="cancel", reason="")
    assert "Say why it is cancelled." in said
    order.refresh_from_db()
    assert order.status == "unfulfilled"

    said = step(support, order, step="cancel", reason="Ordered twice by mistake")

    assert "The order is cancelled." in said
    assert "Ordered twice by mistake" in said
    order.refresh_from_db()
    assert order.status == "canceled"
    assert Refund.objects.get(order=order).amount_value == order.total_gross_amount


def test_what_has_left_is_not_cancelled(support, order):
    send(order)
    html = support.get(f"/staff/order/order/{order.pk}/step/").content.decode()
    assert "It cannot be cancelled" in html
    assert 'value="cancel"' not in html
    step(support, order, step="cancel", reason="Too late")
    order.refresh_from_db()
    assert order.status == "fulfilled"
    assert not Refund.objects.exists()


def test_an_arrival_is_told_once(support, order):
    assert (
        'value="delivered"'
        not in support.get(f"/staff/order/order/{order.pk}/step/").content.decode()
    )
    send(order)
    assert "The customer is told that they have it." in step(support, order, step="delivered")
    step(support, order, step="delivered")
    assert emails(order) == ["delivered", "sent"]
    notes = [event.parameters.get("message") for event in order.events.all()]
    assert notes.count("The parcel was handed over.") == 1


def test_only_a_collection_can_be_collected(support, order):
    send(order)
    step(support, order, step="ready_to_collect")
    assert emails(order) == ["sent"]


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
def test_others_may_not(role, order):
    who = personas.in_role(role)
    answer = who.post(f"/staff/order/order/{order.pk}/step/", {"step": "cancel", "reason": "x"})
    assert answer.status_code == 403
    order.refresh_from_db()
    assert order.status == "unfulfilled"
