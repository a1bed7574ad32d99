"""A parcel that left is a shipment with a number, a state and a history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from plugins.fulfilment.models import Shipment, ShipmentState
from plugins.fulfilment.packing import fulfil, last_day_to_collect, report_shipments, shipments_of
from plugins.fulfilment.policies import FulfilRefused, ReportRefused
from plugins.order_emails.models import OutgoingEmail

pytestmark = pytest.mark.django_db


def report(order, state, clerk, *, is_collection=True):
    report_shipments(order_id=order.pk, state=state, is_collection=is_collection, actor_id=clerk.pk)


def emails(order):
    kinds = ("ready_to_collect", "collected", "delivered")
    rows = OutgoingEmail.objects.filter(order=order, kind__in=kinds).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_each_parcel_is_numbered_and_knows_who_sent_it(sent, line, clerk):
    ids = fulfil(order_id=sent.pk, pieces={line.pk: 1}, actor_id=clerk.pk, tracking_number="AB1")
    first, second = shipments_of(sent)
    assert (first.number, second.number, ids) == (1, 2, [second.pk])
    assert (second.state, second.parcel.tracking_number) == ("sent", "AB1")
    assert second.parcel.lines.get().quantity == 1
    assert list(second.steps.values_list("state", "actor")) == [("sent", clerk.pk)]


def test_a_refused_parcel_is_no_shipment(order, line, clerk):
    with pytest.raises(FulfilRefused):
        fulfil(order_id=order.pk, pieces={line.pk: 5}, actor_id=clerk.pk)
    assert not Shipment.objects.exists()


def test_a_report_moves_each_parcel_once_and_the_customer_is_told_once(sent, line, clerk):
    fulfil(order_id=sent.pk, pieces={line.pk: 1}, actor_id=clerk.pk)
    report(sent, ShipmentState.READY, clerk)
    assert [each.state for each in shipments_of(sent)] == ["ready_to_collect"] * 2
    with pytest.raises(ReportRefused, match="noted before"):
        report(sent, ShipmentState.READY, clerk)
    assert emails(sent) == ["ready_to_collect"]


@pytest.mark.parametrize(("is_collection", "kind"), [(True, "collected"), (False, "delivered")])
def test_what_was_collected_has_not_arrived(sent, clerk, is_collection, kind):
    report(sent, ShipmentState.DELIVERED, clerk, is_collection=is_collection)
    assert emails(sent) == [kind]
    note = sent.events.filter(type="note_added").last().parameters["message"]
    assert note == f"The parcel was {'collected' if is_collection else 'handed over'}."


def test_a_parcel_is_kept_for_the_days_of_its_point(sent, clerk):
    assert last_day_to_collect(sent, 7) is None
    report(sent, ShipmentState.READY, clerk)
    until = last_day_to_collect(sent, 7)
    assert until == timezone.localdate() + timedelta(days=7)
    assert last_day_to_collect(sent, 0) is None, "nobody knows"
    report(sent, ShipmentState.DELIVERED, clerk)
    assert last_day_to_collect(sent, 7) is None


def test_a_later_parcel_is_reported_by_itself(sent, line, clerk):
    report(sent, ShipmentState.DELIVERED, clerk)
    fulfil(order_id=sent.pk, pieces={line.pk: 2}, actor_id=clerk.pk)
    assert [each.state for each in shipments_of(sent)] == ["delivered", "sent"]
    report(sent, ShipmentState.DELIVERED, clerk)
    assert emails(sent) == ["collected", "collected"]
    first, _second = shipments_of(sent)
    assert list(first.steps.values_list("state", flat=True)) == ["sent", "delivered"]


@pytest.mark.parametrize(
    ("state", "is_collection", "why"),
    [
        (ShipmentState.READY, False, "not to a collection point"),
        (ShipmentState.SENT, True, "noted before"),
    ],
)
def test_what_does_not_fit_is_not_noted(sent, clerk, state, is_collection, why):
    with pytest.raises(ReportRefused, match=why):
        report(sent, state, clerk, is_collection=is_collection)
    assert emails(sent) == []


def test_nothing_is_reported_before_it_left(order, clerk):
    with pytest.raises(ReportRefused, match="Nothing has left yet"):
        report(order, ShipmentState.DELIVERED, clerk)
