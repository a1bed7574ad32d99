"""Packers open the labels of what there is to pack, and of nothing else."""

import pytest

from dashboard.models import AccessRecord
from plugins.discreet_shipping.order_contract import store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import PrintedLabel
from plugins.fulfilment.packing import fulfil
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


def ordered(**fields):
    order = builders.order(**{"paid": True, **fields})
    builders.line(order, variant_in_stock(9), 2)
    store_contract(order=order, rules=current_settings())
    return order


def label(order):
    return f"/staff/order/order/{order.pk}/document/label/a6.pdf"


def was_printed(order):
    return PrintedLabel.objects.filter(order=order).exists()


def sent():
    order = ordered()
    pieces = {line.pk: line.quantity for line in order.lines.all()}
    fulfil(order_id=order.pk, pieces=pieces, actor_id=UserFactory(is_staff=True).pk)
    return order


def part_sent():
    order = ordered()
    fulfil(
        order_id=order.pk,
        pieces={order.lines.get().pk: 1},
        actor_id=UserFactory(is_staff=True).pk,
    )
    return order


def flagged():
    return ordered(flags=["dispute"])


def cancelled():
    return ordered(status="canceled")


def unpaid():
    return ordered(paid=False)


@pytest.mark.parametrize("state", [ordered, part_sent])
def test_packers_open_the_label_of_what_is_to_pack(state):
    order = state()
    answer = personas.in_role("Packer").get(label(order))
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert was_printed(order)


@pytest.mark.parametrize("state", [sent, flagged, cancelled, unpaid])
def test_packers_are_refused_the_label_of_every_other_order(state):
    order = state()
    answer = personas.in_role("Packer").get(label(order))
    assert answer.status_code == 403
    assert b"Mill Lane" not in answer.content
    assert not was_printed(order)
    assert AccessRecord.objects.count() == 0


def test_packers_cannot_tell_an_order_that_is_there_from_one_that_is_not():
    packer, order = personas.in_role("Packer"), sent()
    missing = packer.get(label(order).replace(f"/{order.pk}/", f"/{order.pk + 999}/"))
    assert missing.status_code == packer.get(label(order)).status_code == 403


def test_who_manages_orders_opens_any_label_and_that_is_written_down():
    order = sent()
    assert personas.in_role("Support").get(label(order)).status_code == 200
    assert AccessRecord.objects.get().subject_id == order.pk
