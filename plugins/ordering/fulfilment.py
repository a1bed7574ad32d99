"""Send parcels by Saleor's own fulfilment, with the locks that it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypedDict

from django.db import transaction
from saleor.account.models import User
from saleor.core.exceptions import InsufficientStock
from saleor.order import OrderStatus
from saleor.order.actions import create_fulfillments, fulfillment_tracking_updated
from saleor.order.models import Fulfillment, Order, OrderLine
from saleor.plugins.manager import get_plugins_manager
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.locks import lock_order
from plugins.ordering.models import RefundStatus
from plugins.ordering.order_state import add_note, attention_reasons, is_paid
from plugins.ordering.outcomes import FulfilRefused
from plugins.ordering.pieces import pieces_to_send
from plugins.ordering.policies import may_fulfil
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.stock_allocation import book_refunded_pieces


class _Part(TypedDict):
    order_line: OrderLine
    quantity: int


@transaction.atomic
def fulfil(
    *, order_id: int, pieces: Mapping[int, int], actor_id: int, tracking_number: str = ""
) -> list[int]:
    """Send `pieces` (order line id → pieces) and return the ids of Saleor's fulfilments.

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
        for fulfilment in sent:
            _track(fulfilment, actor, tracking_number)
        complete_if_nothing_unsent(order)
    return [fulfilment.pk for fulfilment in sent]


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


def complete_if_nothing_unsent(order: Order) -> None:
    """Mark an order as sent when the rest of it was refunded; Saleor never does.

    The caller holds the lock of the order.
    """
    if order.status != OrderStatus.PARTIALLY_FULFILLED or pieces_to_send(order):
        return
    order.status = OrderStatus.FULFILLED
    order.save(update_fields=["status"])
    _book_refunds_under_way(order)
    add_note(order, "All was sent but what was refunded.")
    get_plugins_manager().order_fulfilled(order)


def _book_refunds_under_way(order: Order) -> None:
    """Give up what is about to be refunded: an order that is closed holds nothing."""
    asked = list(order.refunds.filter(state=RefundStatus.ASKED).order_by("pk"))
    ids = [refund.pk for refund in asked]
    for place, refund in enumerate(asked):
        book_refunded_pieces(refund, earlier=ids[:place])
