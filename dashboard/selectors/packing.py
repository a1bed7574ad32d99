"""What a packer sees: the queue, and one parcel with where its pieces lie. No price, no e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet, Sum
from saleor.account.models import User
from saleor.order.models import Order, OrderLine

from dashboard.models import PackingJob
from dashboard.selectors.lateness import late
from dashboard.selectors.orders import TO_PACK, orders_with_payment
from plugins.discreet_shipping.selectors import contract_of
from plugins.discreet_shipping.selectors.checklist import packing_checklist
from plugins.ordering.services import left_to_send

BIN = "bin"  # in a variant's private_metadata
NO_BIN = "?"
QUEUE = 100  # orders on one page; the oldest come first


@dataclass(frozen=True)
class Waiting:
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
    sheets: list[tuple[str, str]]

    @property
    def missing(self) -> int:
        """The pieces that are not in the parcel yet."""
        return sum(pick.wanted - pick.counted for pick in self.picks)


def packing_queue(*, only_late: bool = False) -> list[Waiting]:
    """Return the orders to pack, the oldest first and `QUEUE` at most; one query."""
    waiting = _to_pack().filter(late()) if only_late else _to_pack()
    orders = waiting.annotate(pieces=Sum(F("lines__quantity") - F("lines__quantity_fulfilled")))
    rows = orders.select_related("packing_job__packer").order_by("pk")[:QUEUE]
    return [
        Waiting(
            order_id=order.pk,
            placed=order.created,
            pieces=order.pieces or 0,
            delivery=order.shipping_method_name or "",
            packer=name_of(order.packing_job.packer) if hasattr(order, "packing_job") else "",
        )
        for order in rows
    ]


def is_to_pack(order_id: int) -> bool:
    """Say whether the order is in the queue."""
    return _to_pack().filter(pk=order_id).exists()


def parcel_of(order: Order, job: PackingJob | None) -> Parcel:
    """Return what is still to be sent of the order, in the order of a walk along the bins."""
    left, counted = left_to_send(order), job.pieces if job else {}
    lines = order.lines.select_related("variant").filter(pk__in=left)
    picks = [_pick(line, left[line.pk], counted.get(line.pk, 0)) for line in lines]
    return Parcel(
        order_id=order.pk,
        picks=sorted(picks, key=lambda pick: (pick.bin == NO_BIN, pick.bin, pick.sku)),
        checklist=checklist_of(order),
        sheets=sheets_of(order),
    )


def checklist_of(order: Order) -> list[tuple[str, str]]:
    """Return the points of the Contract to look at; none for an order without one."""
    contract = contract_of(order)
    return packing_checklist(contract) if contract else []


def sheets_of(order: Order) -> list[tuple[str, str]]:
    """Return the kinds of sheets that this order has to print, with their names."""
    contract = contract_of(order)
    if contract is None:
        return []
    has = {
        "label": bool(contract["label"]),
        "return-label": bool(contract["return_label"]),
        "slip": contract["slip"]["kind"] == "codes",
    }
    return [(kind, kind.replace("-", " ").capitalize()) for kind, there in has.items() if there]


def name_of(person: User | None) -> str:
    """Return what colleagues call a member of staff, "" for nobody."""
    if person is None:
        return ""
    return f"{person.first_name} {person.last_name}".strip() or str(person.email)


def _to_pack() -> QuerySet[Order]:
    return orders_with_payment().filter(TO_PACK)


def _pick(line: OrderLine, wanted: int, counted: int) -> Pick:
    shelf = (line.variant.private_metadata or {}).get(BIN, "") if line.variant else ""
    return Pick(shelf or NO_BIN, str(line.product_sku), str(line), wanted, counted)
