"""Packing jobs and shipments: who packs an order, put aside or sent; labels on paper; parcels.

Parcels are sent by Saleor's own fulfilment, under locks; what carriers tell of them is noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone
from saleor.account.models import User
from saleor.core.exceptions import InsufficientStock
from saleor.order import FulfillmentStatus, OrderStatus
from saleor.order.actions import create_fulfillments, fulfillment_tracking_updated
from saleor.order.models import Fulfillment, Order, OrderLine
from saleor.warehouse.models import Allocation, Stock

from plugins.fulfilment.models import (
    OPEN_JOBS,
    CarrierLabel,
    JobState,
    PackingJob,
    PackingJobStep,
    PrintedLabel,
    Shipment,
    ShipmentState,
    ShipmentStep,
)
from plugins.fulfilment.policies import (
    JOB_STEPS,
    SHIPMENT_STEPS,
    FulfilRefused,
    PackingRefused,
    ReportRefused,
    may_follow,
    may_report,
)
from plugins.fulfilment.signals import shipments_reported
from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering import signals
from plugins.ordering.ending import complete_if_nothing_unsent
from plugins.ordering.locks import lock_order
from plugins.ordering.order_state import attention_reasons, is_paid, note_order
from plugins.ordering.pieces import pieces_to_send, unpack
from plugins.ordering.policies import may_fulfil
from plugins.ordering.saleor_patches import one_configuration
from product_content.decisions import Decision


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
    _set_job(job, JobState.PACKING, user)
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
    _set_job(job, JobState.SET_ASIDE, user)
    note_order(order_id=order_id, message="Packing was put aside.", actor_id=user.pk)


def finish_packing(job: PackingJob, user: User) -> None:
    """Note that the parcel of this job has left; the caller holds the lock of the order."""
    _set_job(job, JobState.SENT, user)


def _set_job(job: PackingJob, state: JobState, user: User) -> None:
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


class _Part(TypedDict):
    order_line: OrderLine
    quantity: int


@transaction.atomic
def fulfil(
    *, order_id: int, pieces: Mapping[int, int], actor_id: int, tracking_number: str = ""
) -> list[int]:
    """Send `pieces` (order line id → pieces) and return the ids of the shipments.

    There is one for each warehouse that the pieces come from. Stock and reservation go down
    together, and Saleor's hooks ask for the e-mail, all in one transaction; whoever calls may
    have one around it. Raises FulfilRefused.
    """
    order, _checkout = lock_order(order_id)
    _refuse(order, pieces)
    actor = User.objects.get(pk=actor_id)
    reason = stock_reason(reason=StockReason.FULFILLED, actor_id=actor_id, order_id=order_id)
    with one_configuration(), reason:
        sent = _create(actor, order, _by_warehouse(order, pieces))
        for parcel in sent:
            _track(parcel, actor, tracking_number)
        complete_if_nothing_unsent(order)
    return [_new_shipment(parcel, actor_id).pk for parcel in sent]


def _refuse(order: Order, pieces: Mapping[int, int]) -> None:
    left = pieces_to_send(order)
    state = {
        "paid": is_paid(order),
        "cancelled": order.status == OrderStatus.CANCELED,
        "flagged": bool(attention_reasons(order)),
    }
    for line_id, wanted in (pieces or {0: 0}).items():
        allowed, why = may_fulfil(**state, wanted=wanted, left=left.get(line_id, 0))
        if not allowed:
            raise FulfilRefused(why)


def _create(actor: User, order: Order, parts: Mapping[str, list[_Part]]) -> list[Fulfillment]:
    try:
        # Saleor's own e-mail stays off: the outbox sends ours.
        return list(create_fulfillments(actor, order, dict(parts), notify_customer=False))
    except InsufficientStock as short:
        why = f"There are not enough of {short.item.sku}. Count them first."
        raise FulfilRefused(why) from short


def _by_warehouse(order: Order, pieces: Mapping[int, int]) -> dict[str, list[_Part]]:
    """Return where each piece comes from, the order's stock rows locked by pk."""
    parts: dict[str, list[_Part]] = defaultdict(list)
    stocks = Stock.objects.select_for_update(of=("self",)).order_by("pk")
    lines = order.lines.select_related("variant").filter(pk__in=pieces).order_by("pk")
    variants = order.lines.values("variant")
    list(stocks.filter(product_variant__in=variants).values_list("pk"))
    for line in lines:
        for warehouse, quantity in _sources(line, pieces[line.pk]):
            parts[warehouse].append({"order_line": line, "quantity": quantity})
    return parts


def _sources(line: OrderLine, wanted: int) -> list[tuple[str, int]]:
    """Return (warehouse, pieces) as reserved, in the order in which Saleor frees reservations."""
    found: list[tuple[str, int]] = []
    for allocation in _reservations(line):
        taken = min(wanted, allocation.quantity_allocated)
        found.append((str(allocation.stock.warehouse_id), taken))
        wanted -= taken
        if not wanted:
            return found
    return [*found, (_any_warehouse(line), wanted)]


def _reservations(line: OrderLine) -> list[Allocation]:
    held = line.allocations.filter(quantity_allocated__gt=0)
    return list(held.select_related("stock").order_by("stock_id"))


def _any_warehouse(line: OrderLine) -> str:
    """Return the first that keeps the variant, for pieces that nothing reserves."""
    stock = Stock.objects.filter(product_variant=line.variant).order_by("pk").first()
    if stock is None:
        raise FulfilRefused(f"No warehouse keeps {line.product_sku} any more.")
    return str(stock.warehouse_id)


def _track(fulfilment: Fulfillment, actor: User, number: str) -> None:
    if number:
        fulfilment.tracking_number = number
        fulfilment.save(update_fields=["tracking_number"])
        fulfillment_tracking_updated(fulfilment, actor, number)


def _new_shipment(parcel: Fulfillment, actor_id: int) -> Shipment:
    number = Shipment.objects.filter(order_id=parcel.order_id).count() + 1
    made = Shipment.objects.create(order_id=parcel.order_id, parcel=parcel, number=number)
    ShipmentStep.objects.create(shipment=made, state=ShipmentState.SENT, actor_id=actor_id)
    return made


_CAN_BE_COLLECTED, _HANDED_OVER = "The parcel can be collected.", "The parcel was handed over."
_COLLECTED = "The parcel was collected."


def _note(state: ShipmentState, *, is_collection: bool) -> str:
    if state == ShipmentState.READY:
        return _CAN_BE_COLLECTED
    return _COLLECTED if is_collection else _HANDED_OVER


@transaction.atomic
def report_shipments(
    *,
    order_id: int,
    state: ShipmentState,
    is_collection: bool,
    actor_id: int | None,
    shipment_id: int | None = None,
) -> None:
    """Note what the carrier told of the order's parcels, once for each; the customer is told.

    `is_collection`: they go to a collection point. No actor: the carrier itself told us.
    `shipment_id` is the one parcel that it is about, where not all are. Raises ReportRefused.
    """
    order, _checkout = lock_order(order_id)
    parcels = [each for each in shipments_of(order) if shipment_id in {None, each.pk}]
    states = {parcel.state for parcel in parcels}
    allowed, why = may_report(states=states, wanted=state, is_collection=is_collection)
    if not allowed:
        raise ReportRefused(why)
    note = _note(state, is_collection=is_collection)
    note_order(order_id=order_id, message=note, actor_id=actor_id)
    moved = [
        shipment
        for shipment in parcels
        if may_follow(SHIPMENT_STEPS, now=shipment.state, wanted=state)
    ]
    for shipment in moved:
        _move(shipment, state, actor_id)
    shipments_reported.send(
        Shipment,
        order_id=order_id,
        newest_id=moved[-1].pk,
        state=state.value,
        is_collection=is_collection,
    )


def may_report_shipments(order: Order, state: ShipmentState, *, is_collection: bool) -> Decision:
    """Say whether `report_shipments` would note this now, and if not, why."""
    states = {shipment.state for shipment in shipments_of(order)}
    return may_report(states=states, wanted=state, is_collection=is_collection)


def shipments_of(order: Order) -> list[Shipment]:
    """Return the order's parcels, oldest first; one that was called back is none."""
    parcels = Shipment.objects.exclude(parcel__status=FulfillmentStatus.CANCELED)
    return list(parcels.filter(order=order).order_by("pk"))


def last_day_to_collect(order: Order, kept_days: int) -> date | None:
    """Return until when the newest parcel that waits at a collection point is kept there.

    `kept_days` are counted from its arrival; None where none waits, or nobody knows them.
    """
    waiting = ShipmentStep.objects.filter(
        shipment__in=shipments_of(order),
        shipment__state=ShipmentState.READY,
        state=ShipmentState.READY,
    )
    since = waiting.order_by("pk").values_list("at", flat=True).last()
    if since is None or not kept_days:
        return None
    return timezone.localdate(since) + timedelta(days=kept_days)


def _move(shipment: Shipment, state: ShipmentState, actor_id: int | None) -> None:
    shipment.state = state
    shipment.save(update_fields=["state"])
    ShipmentStep.objects.create(shipment=shipment, state=state, actor_id=actor_id)
