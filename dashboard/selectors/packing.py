"""What a packer sees: the queue, one parcel, the pick list. No price, no e-mail address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.utils import timezone
from saleor.order.models import Order, OrderLine

from dashboard.selectors.orders import TO_PACK, is_late, orders_with_payment
from dashboard.services.staff import name_of
from plugins.discreet_shipping.label_files import printable_kinds
from plugins.discreet_shipping.order_contract import contract_of
from plugins.discreet_shipping.packing import packing_checklist
from plugins.fulfilment.models import JobState, PackingJob
from plugins.fulfilment.packing import job_of
from plugins.ordering.pieces import pieces_of, pieces_to_send

BIN_KEY = "bin"  # in a variant's private_metadata
NO_BIN = "?"
MAX_QUEUE = 100  # orders on one page; the oldest come first


@dataclass(frozen=True)
class QueuedOrder:
    """An order in the queue; `packer` is who packs it now, or ""."""

    order_id: int
    placed: datetime
    pieces: int
    delivery: str
    packer: str


@dataclass(frozen=True)
class Pick:
    """One line of the pick list: `wanted` pieces from `bin`, `counted` of them in the parcel."""

    bin: str
    sku: str
    name: str
    wanted: int
    counted: int

    @property
    def is_done(self) -> bool:
        """Say whether all of it is in the parcel."""
        return self.counted >= self.wanted


@dataclass(frozen=True)
class Parcel:
    """An order as it is packed."""

    order_id: int
    picks: list[Pick]
    checklist: list[tuple[str, str]]
    shipping_documents: list[tuple[str, str]]

    @property
    def missing(self) -> int:
        """The pieces that are not in the parcel yet."""
        return sum(pick.wanted - pick.counted for pick in self.picks)


def packing_queue(*, only_late: bool = False) -> list[QueuedOrder]:
    """Return the orders to pack, the oldest first and `MAX_QUEUE` at most; two queries."""
    waiting = _to_pack().filter(is_late()) if only_late else _to_pack()
    orders = waiting.annotate(pieces=Sum("lines__pieces__reserved"))
    jobs = PackingJob.objects.filter(state=JobState.PACKING).select_related("packer")
    now = Prefetch("packing_jobs", jobs, to_attr="jobs_now")
    rows: Any = orders.prefetch_related(now).order_by("pk")[:MAX_QUEUE]
    return [
        QueuedOrder(
            order_id=order.pk,
            placed=order.created,
            pieces=order.pieces or 0,
            delivery=order.shipping_method_name or "",
            packer="".join(name_of(job.packer) for job in order.jobs_now),
        )
        for order in rows
    ]


def is_to_pack(order_id: int) -> bool:
    """Say whether the order is in the queue."""
    return _to_pack().filter(pk=order_id).exists()


def parcel_of(order: Order) -> Parcel:
    """Return what is still to be sent of the order, in the order of a walk along the bins."""
    known = pieces_of(order)
    left = pieces_to_send(order, known)
    lines = order.lines.select_related("variant").filter(pk__in=left)
    picks = [_pick(line, left[line.pk], known[line.pk].packed) for line in lines]
    return Parcel(
        order_id=order.pk,
        picks=sorted(picks, key=lambda pick: (pick.bin == NO_BIN, pick.bin, pick.sku)),
        checklist=checklist_of(order),
        shipping_documents=shipping_documents_of(order),
    )


def checklist_of(order: Order) -> list[tuple[str, str]]:
    """Return the points of the Contract to look at; none for an order without one."""
    contract = contract_of(order)
    return packing_checklist(contract) if contract else []


def shipping_documents_of(order: Order) -> list[tuple[str, str]]:
    """Return the kinds of shipping documents that this order has to print, with their names."""
    contract = contract_of(order)
    kinds = printable_kinds(contract) if contract else ()
    return [(kind, kind.replace("-", " ").capitalize()) for kind in kinds]


def _to_pack() -> QuerySet[Order]:
    return orders_with_payment().filter(TO_PACK)


def _pick(line: OrderLine, wanted: int, counted: int) -> Pick:
    bin_name = (line.variant.private_metadata or {}).get(BIN_KEY, "") if line.variant else ""
    return Pick(bin_name or NO_BIN, str(line.product_sku), str(line), wanted, counted)


@dataclass(frozen=True)
class PackingState:
    """An order to pack, and who packs it: this person, a colleague, or nobody yet.

    `problem` is a wrong scan that has to be put right first.
    """

    parcel: Parcel
    is_mine: bool
    colleague: str
    since: str
    problem: str


def packing_state(*, order_id: int, packer: Any) -> PackingState | None:
    """Return the order if it is in the queue, else None."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None or not is_to_pack(order_id):
        return None
    job = job_of(order_id)
    is_mine = job is not None and job.packer_id == packer.pk
    return PackingState(
        parcel=parcel_of(order),
        is_mine=is_mine,
        colleague="" if job is None or is_mine else name_of(job.packer),
        since=_claim_time(job),
        problem=job.problem if job else "",
    )


def _claim_time(job: PackingJob | None) -> str:
    return timezone.localtime(job.claimed_at).strftime("%H:%M") if job else ""


MAX_ORDERS_ON_PICK_LIST = 50  # orders on one list: as many as fit on a trolley


@dataclass(frozen=True)
class Stop:
    """What to take at one bin: `wanted` pieces in all, and how many for which order."""

    bin: str
    sku: str
    name: str
    wanted: int
    orders: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PickList:
    """The stops in the order of the walk. `left_out` are asked orders that are not to be packed."""

    orders: tuple[int, ...]
    stops: tuple[Stop, ...]
    left_out: tuple[int, ...]


def pick_list(asked: Sequence[int]) -> PickList:
    """Return the walk for these orders, the oldest first; for the whole queue if none is named."""
    waiting = orders_with_payment().filter(TO_PACK).order_by("pk")
    orders = list((waiting.filter(pk__in=asked) if asked else waiting)[:MAX_ORDERS_ON_PICK_LIST])
    found = tuple(order.pk for order in orders)
    return PickList(
        orders=found,
        stops=_stops(orders),
        left_out=tuple(sorted(set(asked) - set(found))),
    )


def _stops(orders: Sequence[Order]) -> tuple[Stop, ...]:
    taken: dict[str, list[tuple[int, Pick]]] = defaultdict(list)
    for order in orders:
        for pick in parcel_of(order).picks:
            taken[pick.sku].append((order.pk, pick))
    stops = [_stop(picks) for picks in taken.values()]
    return tuple(sorted(stops, key=lambda stop: (stop.bin == NO_BIN, stop.bin, stop.sku)))


def _stop(picks: list[tuple[int, Pick]]) -> Stop:
    _order, first = picks[0]
    return Stop(
        bin=first.bin,
        sku=first.sku,
        name=first.name,
        wanted=sum(pick.wanted for _order, pick in picks),
        orders=tuple((order, pick.wanted) for order, pick in picks),
    )
