"""Purchase orders: drafted from what is low, ordered, received by scanning, closed.

Goods that come in are a stock document as any receipt, so the ledger and the rule that a form
counts once are the same. Lock order: the purchase order, then its stocks by pk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock

from plugins.inventory.documents import Pieces, apply_changes, post_document
from plugins.inventory.models import (
    OPEN_PURCHASES,
    PurchaseLine,
    PurchaseOrder,
    PurchaseState,
    StockReason,
    SupplierItem,
)
from plugins.inventory.policies import StockRefused, refuse_unless
from plugins.inventory.quantities import with_available, with_sales
from product_content.decisions import ALLOWED, Decision, refused


@dataclass(frozen=True)
class Drafts:
    """The drafts that were made, and the SKUs to order of which no supplier is known."""

    orders: list[PurchaseOrder]
    without_supplier: list[str]


@transaction.atomic
def draft_orders() -> Drafts:
    """Draft an order for each supplier and warehouse of what the stock table says is to order.

    What is on its way or in a draft already counts as there. Of several suppliers the cheapest
    active one is taken.
    """
    # Two people at once: the second waits here, and finds the drafts of the first.
    list(SupplierItem.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    on_its_way, items = _on_its_way(), _cheapest_items()
    drafts: dict[tuple[int, UUID], PurchaseOrder] = {}
    without: list[str] = []
    for stock in _to_order():
        pieces = stock.to_order - on_its_way.get((stock.warehouse_id, stock.product_variant_id), 0)
        item = items.get(stock.product_variant_id)
        if pieces <= 0:
            continue
        if item is None:
            without.append(stock.product_variant.sku)
            continue
        key = (item.supplier_id, stock.warehouse_id)
        if key not in drafts:
            drafts[key] = PurchaseOrder.objects.create(
                supplier_id=item.supplier_id, warehouse_id=stock.warehouse_id
            )
        drafts[key].lines.create(
            variant_id=item.variant_id, pieces=pieces, cost_value=item.cost_value
        )
    return Drafts(list(drafts.values()), without)


def _to_order() -> Iterable[Stock]:
    stocks = with_sales(with_available(Stock.objects.all())).filter(to_order__gt=0)
    return stocks.select_related("product_variant").order_by("product_variant__sku", "pk")


def _on_its_way() -> dict[tuple[UUID, int], int]:
    """Return the pieces in drafts and open orders that have not come, by warehouse and variant."""
    states = (PurchaseState.DRAFT, *OPEN_PURCHASES)
    lines = PurchaseLine.objects.filter(order__state__in=states, received__lt=F("pieces"))
    rows = lines.order_by().values_list("order__warehouse_id", "variant_id")
    sums = rows.annotate(to_come=Sum(F("pieces") - F("received")))
    return {(warehouse, variant): missing for warehouse, variant, missing in sums}


def _cheapest_items() -> dict[int, SupplierItem]:
    items = SupplierItem.objects.filter(supplier__is_active=True).order_by("-cost_value", "-pk")
    return {item.variant_id: item for item in items}


def may_order(*, state: str, lines: int) -> Decision:
    """Say whether a purchase order may be marked as ordered."""
    if state != PurchaseState.DRAFT:
        return refused("This order was sent to the supplier already.")
    if not lines:
        return refused("There is nothing on this order yet.")
    return ALLOWED


def may_close(*, state: str) -> Decision:
    """Say whether a purchase order may be closed."""
    if state == PurchaseState.CLOSED:
        return refused("This order is closed already.")
    return ALLOWED


def may_receive(*, state: str, expected: int, received: int) -> Decision:
    """Say whether goods of a purchase order may be received.

    `expected` pieces had been received of it when its form was shown, `received` are now.
    """
    if state not in OPEN_PURCHASES:
        return refused("Goods come in on an order that was sent and is not closed.")
    if expected != received:
        return refused(
            f"Somebody received goods of this order meanwhile: {received} pieces are in now, not "
            f"{expected}. Check which of yours are among them."
        )
    return ALLOWED


@transaction.atomic
def mark_ordered(*, order_id: int) -> PurchaseOrder:
    """Note that the supplier has the order. Raises StockRefused."""
    order = _locked(order_id)
    refuse_unless(may_order(state=order.state, lines=order.lines.count()))
    order.state, order.ordered_at = PurchaseState.ORDERED, timezone.now()
    order.save(update_fields=["state", "ordered_at"])
    return order


@transaction.atomic
def close_order(*, order_id: int) -> PurchaseOrder:
    """End an order: what has not come will not come. Raises StockRefused."""
    order = _locked(order_id)
    refuse_unless(may_close(state=order.state))
    _close(order)
    return order


def _close(order: PurchaseOrder) -> None:
    order.state, order.closed_at = PurchaseState.CLOSED, timezone.now()
    order.save(update_fields=["state", "closed_at"])


def _locked(order_id: int) -> PurchaseOrder:
    return PurchaseOrder.objects.select_for_update().get(pk=order_id)


def received_so_far(order: PurchaseOrder) -> int:
    """Return how many pieces have come in on an order; a form shows it and sends it back."""
    return order.lines.aggregate(sum=Sum("received"))["sum"] or 0


def over_delivered(order: PurchaseOrder, pieces: Pieces) -> list[str]:
    """Return a sentence for each variant of which more came than is still to come."""
    lines = {line.variant_id: line for line in order.lines.all()}
    variants = ProductVariant.objects.in_bulk(list(pieces))
    return [
        _surplus(variants[pk].sku, number, lines.get(pk))
        for pk, number in pieces.items()
        if pk not in lines or number > lines[pk].missing
    ]


def _surplus(sku: str, pieces: int, line: PurchaseLine | None) -> str:
    if line is None:
        return f"{sku}: {pieces} came, and it is not on this order."
    more = pieces - line.missing
    return f"{sku}: {pieces} came, {more} more than the {line.missing} that are still to come."


def receive_purchase(
    *,
    order_id: int,
    key: UUID,
    pieces: Pieces,
    expected: int,
    keep_more: bool,
    note: str,
    actor_id: int,
) -> PurchaseOrder:
    """Put what came in on an order into its warehouse; the same `key` counts once.

    `expected` pieces had come in when the form was shown. More than was ordered is refused, named
    by SKU, unless `keep_more`; what is not on the order never comes in on it. Closes an order that
    is whole. Raises StockRefused.
    """
    with post_document(key=key, reason=StockReason.RECEIVED, actor_id=actor_id, note=note):
        order = _locked(order_id)
        refuse_unless(
            may_receive(state=order.state, expected=expected, received=received_so_far(order))
        )
        _refuse_surplus(order, pieces, keep_more=keep_more)
        apply_changes({(order.warehouse_id, variant): number for variant, number in pieces.items()})
        _count_in(order, pieces)
        return order


def _refuse_surplus(order: PurchaseOrder, pieces: Pieces, *, keep_more: bool) -> None:
    ordered = set(order.lines.values_list("variant_id", flat=True))
    beyond = {pk: number for pk, number in pieces.items() if not keep_more or pk not in ordered}
    if problems := over_delivered(order, beyond):
        raise StockRefused(*problems)


def _count_in(order: PurchaseOrder, pieces: Pieces) -> None:
    for variant, number in pieces.items():
        order.lines.filter(variant_id=variant).update(received=F("received") + number)
    if order.lines.filter(received__lt=F("pieces")).exists():
        order.state = PurchaseState.PART_RECEIVED
        order.save(update_fields=["state"])
    else:
        _close(order)


def cost_prices() -> Mapping[int, Decimal]:
    """Return what one piece of a variant costs now, by variant: the price set last."""
    items = SupplierItem.objects.order_by("updated_at", "pk")
    return dict(items.values_list("variant_id", "cost_value"))
