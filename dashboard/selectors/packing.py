"""What a packer sees: the queue, one parcel, the pick list. No price, no e-mail address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F, Prefetch, QuerySet, Sum, TextField, Value
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from saleor.order.models import Order, OrderLine

from dashboard.selectors.orders import TO_PACK, WANTED_FROM, is_late, orders_with_payment
from dashboard.services.staff import name_of
from plugins.discreet_shipping.carriers import bought_label, option_of
from plugins.discreet_shipping.labels import printable_kinds
from plugins.discreet_shipping.order_contract import contract_of, held_until, promised_arrival
from plugins.discreet_shipping.packing import Checklist, checklist
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import JobState, PackingJob
from plugins.fulfilment.packing import job_of
from plugins.ordering.pieces import pieces_of, pieces_to_send
from plugins.ordering.totals import full_name

BIN_KEY = "bin"  # in a variant's private_metadata
NO_BIN = "?"
MAX_QUEUE = 100  # orders on one page


@dataclass(frozen=True)
class QueuedOrder:
    """An order in the queue; `packer` is who packs it now, or "".

    `promised` is the last day on which it should come, if one was promised. One that is `held`
    leaves on that day at the earliest, so as not to come before its customer wants it.
    """

    order_id: int
    placed: datetime
    pieces: int
    delivery: str
    packer: str
    promised: date | None
    held: date | None


@dataclass(frozen=True)
class QueueFilter:
    """Which orders of the queue are asked for: all that may leave now, if nothing is set.

    `method` is the name of a delivery method, `packer` the id of who packs them.
    """

    method: str = ""
    late: bool = False
    held: bool = False
    packer: int | None = None


ALL_DUE = QueueFilter()


@dataclass(frozen=True)
class Queue:
    """One page of the queue, counted from 1; `total` orders on all its `pages`.

    `held` orders wait for their day, in all; `methods` are the names to choose from.
    """

    rows: list[QueuedOrder]
    total: int
    page: int
    pages: int
    held: int
    methods: list[str]

    @property
    def previous(self) -> int:
        """The page before, 0 for none."""
        return self.page - 1

    @property
    def next(self) -> int:
        """The page after, 0 for none."""
        return self.page + 1 if self.page < self.pages else 0


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
    """An order as it is packed.

    `sells_labels`: a carrier's label can be bought; `tracking_number` is that of the bought one.
    """

    order_id: int
    picks: list[Pick]
    checklist: Checklist
    shipping_documents: list[tuple[str, str]]
    held: date | None
    sells_labels: bool
    tracking_number: str

    @property
    def missing(self) -> int:
        """The pieces that are not in the parcel yet."""
        return sum(pick.wanted - pick.counted for pick in self.picks)


def packing_queue(wanted: QueueFilter, *, page: int = 1) -> Queue:
    """Return a page of the orders to pack, in the order of promise; six queries.

    The quickest delivery comes first, and of the same the oldest order. A page that is not there
    is the nearest one that is.
    """
    held = held_orders()
    jobs = PackingJob.objects.filter(state=JobState.PACKING).select_related("packer")
    now = Prefetch("packing_jobs", jobs, to_attr="jobs_now")
    shown = Paginator(_queued(wanted, held), MAX_QUEUE).get_page(page)
    found: Any = shown.object_list
    rows = found.annotate(pieces=Sum("lines__pieces__reserved"))
    return Queue(
        rows=[_queued_order(order, held) for order in rows.prefetch_related(now)],
        total=shown.paginator.count,
        page=shown.number,
        pages=shown.paginator.num_pages,
        held=len(held),
        methods=_method_names(),
    )


def _queued(wanted: QueueFilter, held: Collection[int]) -> QuerySet[Order]:
    orders = _to_pack().filter(is_late()) if wanted.late else _to_pack()
    orders = orders.filter(pk__in=held) if wanted.held else orders.exclude(pk__in=held)
    if wanted.method:
        orders = orders.filter(shipping_method_name=wanted.method)
    if wanted.packer:
        mine = {"packing_jobs__state": JobState.PACKING, "packing_jobs__packer": wanted.packer}
        orders = orders.filter(**mine)
    return _as_promised(orders)


def _as_promised(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Return the quickest delivery first, those whose method promises no day last."""
    days = "shipping_method__delivery_time__"
    quickest = (F(f"{days}{end}_days").asc(nulls_last=True) for end in ("max", "min"))
    return orders.order_by(*quickest, "pk")


def _queued_order(order: Any, held: Mapping[int, date]) -> QueuedOrder:
    contract = contract_of(order)
    arrival = promised_arrival(contract) if contract else None
    return QueuedOrder(
        order_id=order.pk,
        placed=order.created,
        pieces=order.pieces or 0,
        delivery=order.shipping_method_name or "",
        packer="".join(name_of(job.packer) for job in order.jobs_now),
        promised=arrival.last if arrival else None,
        held=held.get(order.pk),
    )


def _method_names() -> list[str]:
    names = _to_pack().order_by().values_list("shipping_method_name", flat=True).distinct()
    return sorted(filter(None, names))


def held_orders() -> dict[int, date]:
    """Return the orders to pack that would come too early, with the day on which each may leave.

    Only those with a "not before" day still ahead are looked at; one query.
    """
    today, rules = timezone.localdate().isoformat(), current_settings()
    wait = GreaterThan(WANTED_FROM, Value(today, TextField()))
    related = ("shipping_address", "shipping_method__delivery_time")
    days = {
        order.pk: held_until(order, rules)
        for order in _to_pack().filter(wait).select_related(*related)
    }
    return {order_id: day for order_id, day in days.items() if day}


def is_to_pack(order_id: int) -> bool:
    """Say whether the order is in the queue."""
    return _to_pack().filter(pk=order_id).exists()


def parcel_of(order: Order) -> Parcel:
    """Return what is still to be sent of the order, and how."""
    label = bought_label(order)
    return Parcel(
        order_id=order.pk,
        picks=_picks(order),
        checklist=checklist_of(order),
        shipping_documents=shipping_documents_of(order),
        held=held_until(order, current_settings()),
        sells_labels=bool(settings.LABEL_CARRIER and option_of(order)),
        tracking_number=label.tracking_number if label else "",
    )


def _picks(order: Order) -> list[Pick]:
    """Return what is still to be sent, in the order of a walk along the bins."""
    known = pieces_of(order)
    left = pieces_to_send(order, known)
    lines = order.lines.select_related("variant").filter(pk__in=left)
    picks = [_pick(line, left[line.pk], known[line.pk].packed) for line in lines]
    return sorted(picks, key=lambda pick: (pick.bin == NO_BIN, pick.bin, pick.sku))


def checklist_of(order: Order) -> Checklist:
    """Return the points of the Contract to look at; none for an order without one."""
    contract = contract_of(order)
    return checklist(contract) if contract else Checklist()


def shipping_documents_of(order: Order) -> list[tuple[str, str]]:
    """Return the kinds of shipping documents that this order has to print, with their names."""
    contract = contract_of(order)
    kinds = printable_kinds(contract) if contract else ()
    return [(kind, kind.replace("-", " ").capitalize()) for kind in kinds]


def _to_pack() -> QuerySet[Order]:
    return orders_with_payment().filter(TO_PACK)


def _pick(line: OrderLine, wanted: int, counted: int) -> Pick:
    bin_name = (line.variant.private_metadata or {}).get(BIN_KEY, "") if line.variant else ""
    return Pick(bin_name or NO_BIN, str(line.product_sku), full_name(line), wanted, counted)


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


def pick_list(asked: Sequence[int], wanted: QueueFilter = ALL_DUE) -> PickList:
    """Return the walk for these orders; for the first ones of the queue if none is named.

    Orders stand as in the queue. What is held back is left out.
    """
    orders = list(_to_pick(asked, wanted))
    found = tuple(order.pk for order in orders)
    return PickList(
        orders=found,
        stops=_stops(orders),
        left_out=tuple(sorted(set(asked) - set(found))),
    )


def pick_list_orders(asked: Sequence[int]) -> list[int]:
    """Return which of these orders a pick list has, in its order."""
    return list(_to_pick(asked, ALL_DUE).values_list("pk", flat=True))


def _to_pick(asked: Sequence[int], wanted: QueueFilter) -> QuerySet[Order]:
    waiting = _queued(wanted, held_orders())
    return (waiting.filter(pk__in=asked) if asked else waiting)[:MAX_ORDERS_ON_PICK_LIST]


def _stops(orders: Sequence[Order]) -> tuple[Stop, ...]:
    taken: dict[str, list[tuple[int, Pick]]] = defaultdict(list)
    for order in orders:
        for pick in _picks(order):
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
