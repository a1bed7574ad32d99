"""Packing jobs: who packs an order, put aside or sent; and labels on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.fulfilment.models import (
    OPEN_JOBS,
    CarrierLabel,
    JobState,
    PackingJob,
    PackingJobStep,
    PrintedLabel,
)
from plugins.fulfilment.policies import JOB_STEPS, PackingRefused, may_follow
from plugins.ordering import signals
from plugins.ordering.locks import lock_order
from plugins.ordering.order_state import is_paid, note_order
from plugins.ordering.pieces import unpack


def is_being_packed(order_id: int) -> bool:
    """Say whether somebody packs the order now."""
    return PackingJob.objects.filter(order_id=order_id, state=JobState.PACKING).exists()


def job_of(order_id: int) -> PackingJob | None:
    """Return the job of whoever packs the order now, with the packer read along."""
    jobs = PackingJob.objects.select_related("packer")
    return jobs.filter(order_id=order_id, state=JobState.PACKING).first()


def packing_began_at(order: Order) -> datetime | None:
    """Return when the first parcel of the order was begun, unless it was put aside since."""
    begun = PackingJobStep.objects.filter(
        job__order=order, job__state__in=(JobState.PACKING, JobState.SENT), state=JobState.PACKING
    )
    return begun.order_by("pk").values_list("at", flat=True).first()


@transaction.atomic
def start_packing(*, order_id: int, user: User) -> PackingJob:
    """Have this person pack the order, whoever did before; again is harmless.

    Raises PackingRefused for an order that is not paid, or was cancelled.
    """
    order, _checkout = lock_order(order_id)
    if not is_paid(order) or order.status == OrderStatus.CANCELED:
        raise PackingRefused("Only a paid order can be packed.")
    job = PackingJob.objects.filter(order=order, state__in=OPEN_JOBS).first()
    if job is None or job.state == JobState.SET_ASIDE:
        note_order(order_id=order_id, message="Packing has begun.", actor_id=user.pk)
    job = job or PackingJob(order=order, number=order.packing_jobs.count() + 1)
    job.packer, job.claimed_at = user, timezone.now()
    _move(job, JobState.PACKING, user)
    return job


@transaction.atomic
def stop_packing(*, order_id: int, user: User) -> None:
    """Put the packing of an order aside, its pieces out of the parcel; nothing if nobody packs."""
    order, _checkout = lock_order(order_id)
    job = PackingJob.objects.filter(order=order, state=JobState.PACKING).first()
    if job is None:
        return
    unpack(order, actor_id=user.pk)
    job.problem = ""
    _move(job, JobState.SET_ASIDE, user)
    note_order(order_id=order_id, message="Packing was put aside.", actor_id=user.pk)


def finish_packing(job: PackingJob, user: User) -> None:
    """Note that the parcel of this job has left; the caller holds the lock of the order."""
    _move(job, JobState.SENT, user)


def _move(job: PackingJob, state: JobState, user: User) -> None:
    if not may_follow(JOB_STEPS, now=job.state if job.pk else "", wanted=state):
        raise PackingRefused("This parcel was packed already.")
    job.state = state
    job.save()
    PackingJobStep.objects.create(job=job, state=state, actor_id=user.pk)


def is_label_printed(order: Order) -> bool:
    """Say whether there is a label on paper with the order's address."""
    return PrintedLabel.objects.filter(order=order, destroyed_at=None).exists()


@transaction.atomic
def record_printed_label(*, order_id: int, printed: Mapping[str, Any] | None = None) -> None:
    """Record that a label was printed, which must be destroyed if the address changes.

    `printed` is what stands on it.
    """
    lock_order(order_id)
    PrintedLabel.objects.create(order_id=order_id, printed=dict(printed or {}))


def record_destroyed_labels(order: Order) -> None:
    """Record that no label on paper has the order's address; the caller holds its lock."""
    PrintedLabel.objects.filter(order=order, destroyed_at=None).update(destroyed_at=timezone.now())


def connect() -> None:
    """Answer ordering whether an order is being packed; forget whom its labels named."""
    signals.being_packed.connect(_answer_packed, dispatch_uid="fulfilment-packed")
    signals.order_anonymised.connect(_erase_labels, dispatch_uid="fulfilment-labels")


def _erase_labels(sender: object, *, order_id: int, **_more: Any) -> None:
    PrintedLabel.objects.filter(order_id=order_id).update(printed={})
    CarrierLabel.objects.filter(order_id=order_id).update(told={}, picture=b"", tracking_number="")


def _answer_packed(sender: object, *, order_id: int, **_more: Any) -> bool:
    return is_being_packed(order_id)
