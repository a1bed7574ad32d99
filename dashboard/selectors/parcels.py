"""One order on a packer's bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from saleor.order.models import Order

from dashboard.models import PackingJob
from dashboard.selectors.packing import Parcel, is_to_pack, name_of, parcel_of


@dataclass(frozen=True)
class Bench:
    """An order to pack, and whose it is: mine, a colleague's, or nobody's.

    `problem` is a wrong scan that has to be put right first.
    """

    parcel: Parcel
    is_mine: bool
    colleague: str
    since: str
    problem: str


def bench_of(*, order_id: int, packer: Any) -> Bench | None:
    """Return the order if it is in the queue, else None."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None or not is_to_pack(order_id):
        return None
    job = PackingJob.objects.select_related("packer").filter(order=order).first()
    is_mine = job is not None and job.packer_id == packer.pk
    return Bench(
        parcel=parcel_of(order, job),
        is_mine=is_mine,
        colleague="" if job is None or is_mine else name_of(job.packer),
        since=_clock(job),
        problem=job.problem if job else "",
    )


def _clock(job: PackingJob | None) -> str:
    return timezone.localtime(job.claimed_at).strftime("%H:%M") if job else ""
