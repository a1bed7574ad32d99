"""Who packs an order, since when, and how it ended."""

import pytest
from django.db import IntegrityError, transaction

from dashboard.services import packing
from plugins.fulfilment.models import PackingJob
from plugins.fulfilment.packing import (
    is_being_packed,
    is_label_printed,
    packing_began_at,
    record_destroyed_labels,
    record_printed_label,
    start_packing,
    stop_packing,
)
from plugins.fulfilment.policies import PackingRefused
from plugins.ordering.order_state import may_be_cancelled
from plugins.ordering.pieces import packed_pieces
from tests.factories import UserFactory
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


def history(job):
    return list(job.steps.values_list("state", "actor"))


def test_a_parcel_is_one_job_from_beginning_to_end(order, line, clerk):
    packing.claim(order_id=order.pk, packer=clerk)
    assert is_being_packed(order.pk)
    assert not may_be_cancelled(order).allowed
    packing.scan(order_id=order.pk, packer=clerk, code=line.product_sku)
    packing.send_parcel(order_id=order.pk, packer=clerk, ticked=(), tracking_number="", partly=True)
    job = PackingJob.objects.get()
    assert (job.number, job.state, history(job)) == (
        1, "sent", [("packing", clerk.pk), ("sent", clerk.pk)],
    )  # fmt: skip
    packing.claim(order_id=order.pk, packer=clerk)
    assert list(PackingJob.objects.values_list("number", "state")) == [(1, "sent"), (2, "packing")]


def test_what_is_put_aside_may_be_cancelled_and_taken_up_again(order, line, clerk):
    packing.claim(order_id=order.pk, packer=clerk)
    packing.scan(order_id=order.pk, packer=clerk, code=line.product_sku)
    stop_packing(order_id=order.pk, user=clerk)
    assert (packed_pieces(order), is_being_packed(order.pk)) == ({}, False)
    assert may_be_cancelled(order).allowed
    assert packing_began_at(order) is None
    other = UserFactory(is_staff=True)
    start_packing(order_id=order.pk, user=other)
    job = PackingJob.objects.get()
    assert (job.packer, packing_began_at(order) is not None) == (other, True)
    assert history(job) == [("packing", clerk.pk), ("set_aside", clerk.pk), ("packing", other.pk)]


def test_an_unpaid_order_is_not_packed(clerk):
    with pytest.raises(PackingRefused, match="Only a paid order"):
        start_packing(order_id=builders.order().pk, user=clerk)
    assert not PackingJob.objects.exists()


def test_the_database_keeps_one_open_job_per_order(order, clerk):
    job = start_packing(order_id=order.pk, user=clerk)
    job.pk, job.number = None, 2
    with pytest.raises(IntegrityError, match="one_open_packing_job"), transaction.atomic():
        job.save()


def test_a_label_on_paper_counts_until_it_is_destroyed(order):
    assert not is_label_printed(order)
    record_printed_label(order_id=order.pk)
    assert is_label_printed(order)
    record_destroyed_labels(order)
    assert not is_label_printed(order)
