"""Pack an order and report on its parcel: one person at a time, every piece counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from saleor.account.models import User
from saleor.order.events import order_note_added_event
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant

from dashboard.models import AccessKind
from dashboard.policies import may_add_piece, may_claim, may_close_parcel
from dashboard.selectors.packing import BIN_KEY, checklist_of, pick_list_orders
from dashboard.services.personal_data import record_access
from dashboard.services.staff import name_of
from plugins.discreet_shipping.carriers import bought_label, buy_label, hand_over, label_picture
from plugins.discreet_shipping.contract import Contract
from plugins.discreet_shipping.labels import (
    ADDRESSED,
    Sheet,
    printout_file,
    printout_sheets,
    printouts_pdf,
)
from plugins.discreet_shipping.order_contract import contract_of, held_until, variants_of_slip_code
from plugins.discreet_shipping.packing import USUAL_POINTS
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import PackingJob, ShipmentState
from plugins.fulfilment.packing import (
    finish_packing,
    fulfil,
    job_of,
    may_report_shipments,
    record_printed_label,
    report_shipments,
    start_packing,
    stop_packing,
)
from plugins.fulfilment.policies import FulfilRefused, PackingRefused
from plugins.ordering.locks import lock_order
from plugins.ordering.models import StepKind
from plugins.ordering.pieces import packed_pieces, pieces_to_send, unpack, write_steps
from plugins.ordering.totals import full_name
from product_content.decisions import Decision
from product_content.parsing import sku_key

MAX_SCAN_LENGTH = 60  # letters of a scan that are shown again


@transaction.atomic
def claim(*, order_id: int, packer: User, take_over: bool = False) -> None:
    """Begin to pack, or go on; `take_over` takes it, with what is counted, from a colleague.

    Raises PackingRefused.
    """
    lock_order(order_id)
    job = job_of(order_id)
    holder = job.packer if job and job.packer_id != packer.pk else None
    since = timezone.localtime(job.claimed_at).strftime("%H:%M") if job else ""
    allowed, why = may_claim(holder=name_of(holder), since=since, take_over=take_over)
    if not allowed:
        raise PackingRefused(why)
    start_packing(order_id=order_id, user=packer)


@transaction.atomic
def scan(*, order_id: int, packer: User, code: str) -> str:
    """Count the piece with this SKU, or this code of the slip, into the parcel; say what is in.

    A wrong piece, or one too many, blocks the parcel until `clear_problem`, and "" is returned.
    Raises PackingRefused for whoever is not packing it.
    """
    order, job = _locked(order_id, packer)
    if job.problem:
        return ""
    typed = code.strip()[:MAX_SCAN_LENGTH]
    coded = variants_of_slip_code(order, typed)
    lines = [
        line
        for line in order.lines.order_by("pk")
        if _has_sku(line, typed) or line.variant_id in coded
    ]
    missing = _first_missing(order, lines)
    allowed, why = may_add_piece(typed=typed, in_order=bool(lines), is_missing=missing is not None)
    if missing is None or not allowed:
        job.problem = why
        job.save(update_fields=["problem"])
        return ""
    write_steps(StepKind.PACKED, {missing.pk: 1}, actor_id=packer.pk)
    return f"In: {full_name(missing)}"


@transaction.atomic
def clear_problem(*, order_id: int, packer: User) -> None:
    """Go on after a wrong piece was put back. Raises PackingRefused."""
    _order, job = _locked(order_id, packer)
    job.problem = ""
    job.save(update_fields=["problem"])


@transaction.atomic
def restart_count(*, order_id: int, packer: User) -> None:
    """Take all pieces out of the parcel, to count from the beginning. Raises PackingRefused."""
    order, job = _locked(order_id, packer)
    unpack(order, actor_id=packer.pk)
    job.problem = ""
    job.save(update_fields=["problem"])


@transaction.atomic
def release_claim(*, order_id: int, packer: User) -> None:
    """Stop packing; somebody else, or nobody, may go on. Raises PackingRefused."""
    _locked(order_id, packer)
    stop_packing(order_id=order_id, user=packer)


@transaction.atomic
def send_parcel(
    *, order_id: int, packer: User, ticked: Iterable[str], tracking_number: str, partly: bool
) -> None:
    """Hand the counted pieces to the carrier: stock, time line and the customer's e-mail follow.

    `ticked` are the points of the discretion checklist that were looked at; all must be, those
    that are as usual under the one name `USUAL_POINTS`. `partly` says that the packer means to send
    less than everything. Raises PackingRefused.
    """
    order, job = _locked(order_id, packer)
    packed = packed_pieces(order)
    asked = checklist_of(order)
    points = {what for what, _expected in asked.different}
    held = held_until(order, current_settings())
    allowed, why = may_close_parcel(
        problem=job.problem,
        all_ticked=points | ({USUAL_POINTS} if asked.usual else set()) <= set(ticked),
        held=f"{held:%-d %B}" if held else "",
        missing=sum(pieces_to_send(order).values()) - sum(packed.values()),
        partly=partly,
    )
    if not allowed:
        raise PackingRefused(why)
    if looked_at := len(asked.different) + len(asked.usual):
        note = f"All {looked_at} points of the discretion checklist were looked at."
        order_note_added_event(order=order, user=packer, message=note)
    label = bought_label(order)
    number = tracking_number or (label.tracking_number if label else "")
    shipments = _send(order_id, packer, packed, number)
    if label:
        hand_over(label, shipments)
    finish_packing(job, packer)


def buy_parcel_label(*, order_id: int, packer: User) -> str:
    """Buy the carrier's label of the parcel that this person packs, once; say its number.

    Raises PackingRefused.
    """
    with transaction.atomic():
        _locked(order_id, packer)
    label = buy_label(order_id=order_id, actor_id=packer.pk)
    return f"The label is bought: {label.tracking_number}. Print it."


def _has_sku(line: OrderLine, typed: str) -> bool:
    return sku_key(line.product_sku) == sku_key(typed)


def _first_missing(order: Order, lines: list[OrderLine]) -> OrderLine | None:
    left, packed = pieces_to_send(order), packed_pieces(order)
    return next((line for line in lines if packed.get(line.pk, 0) < left.get(line.pk, 0)), None)


def _send(order_id: int, packer: User, pieces: dict[int, int], tracking_number: str) -> list[int]:
    try:
        return fulfil(
            order_id=order_id, pieces=pieces, actor_id=packer.pk, tracking_number=tracking_number
        )
    except FulfilRefused as refused:
        raise PackingRefused(str(refused)) from refused


def _locked(order_id: int, packer: User) -> tuple[Order, PackingJob]:
    """Lock the order and return it with its job, if it is this person who packs it."""
    order, _checkout = lock_order(order_id)
    job = job_of(order_id)
    if job is None:
        raise PackingRefused("Nobody is packing this order. Begin to pack it first.")
    if job.packer_id != packer.pk:
        raise PackingRefused(f"{name_of(job.packer)} is packing this order now. Nothing was lost.")
    return order, job


def report_parcel(*, order_id: int, report: ShipmentState, actor: User) -> None:
    """Note what the carrier told us, once, and tell the customer. Raises ReportRefused."""
    order = Order.objects.get(pk=order_id)
    report_shipments(
        order_id=order_id,
        state=report,
        is_collection=_is_collection(order),
        actor_id=actor.pk,
    )


def may_be_reported(order: Order, report: ShipmentState) -> Decision:
    """Say whether this can be noted of the order now, and if not, why."""
    return may_report_shipments(order, report, is_collection=_is_collection(order))


def _is_collection(order: Order) -> bool:
    contract = contract_of(order)
    return bool(contract and contract["choices"].get("point"))


def shipping_document_file(*, order: Order, actor: User, kind: str, size: str, form: str) -> bytes:
    """Return a label or slip of the order's Contract, b"" where it has none of that kind.

    The caller has checked that the person may see it. The look is written down, and a label with
    an address is noted as printed. A label that was bought of a carrier takes the place of ours.
    """
    contract, bought = contract_of(order), label_picture(order)
    if contract is None:
        return b""
    file = printout_file(contract, kind=kind, size=size, form=form, bought=bought)
    if file:
        _record_printed(order.pk, contract, (kind,), actor)
    return file or b""


def shipping_documents_file(orders: Sequence[int], *, actor: User) -> bytes:
    """Return all that is to be printed for these orders, of those to pack now, as one PDF.

    Each order is written down as one look, each label as printed. b"" if there is nothing.
    """
    sheets: list[Sheet] = []
    numbers = pick_list_orders(orders)
    found = Order.objects.in_bulk(numbers)
    for order in (found[number] for number in numbers if number in found):
        if contract := contract_of(order):
            drawn = printout_sheets(contract, size="a6", bought=label_picture(order))
            sheets += drawn.values()
            _record_printed(order.pk, contract, drawn, actor)  # each locks its own order
    return printouts_pdf(sheets) if sheets else b""


def _record_printed(order_id: int, contract: Contract, kinds: Iterable[str], actor: User) -> None:
    record_access(actor=actor, kind=AccessKind.DOCUMENT, subject_id=order_id)
    labels = {"label": contract["label"], "return-label": contract["return_label"]}
    for kind in kinds:
        if kind in ADDRESSED:
            record_printed_label(order_id=order_id, printed={"kind": kind, **(labels[kind] or {})})


@transaction.atomic
def set_bin(*, sku: str, bin_name: str) -> str:
    """Note the bin of the variant with this SKU and return the variant's name.

    Raises ProductVariant.DoesNotExist. The row is locked: its metadata is one value, and
    somebody else may be writing another key of it.
    """
    variants = ProductVariant.objects.select_for_update(of=("self",)).select_related("product")
    variant = variants.get(sku__iexact=sku.strip())
    variant.store_value_in_private_metadata({BIN_KEY: bin_name.strip().upper()})
    variant.save(update_fields=["private_metadata"])
    return f"{variant.product.name} {variant.name}".strip()


UnknownVariant = ProductVariant.DoesNotExist
