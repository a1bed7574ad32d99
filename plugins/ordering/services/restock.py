"""Refunded goods go back on the shelf where staff have said so, and else off the books."""

from __future__ import annotations

from django.db.models import Sum
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.warehouse.management import deallocate_stock, increase_stock
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.reasons import StockReason
from plugins.inventory.services import stock_reason
from plugins.ordering.models import Refund


def put_back(refund: Refund) -> None:
    """Free what is still reserved for the refunded lines, and return the rest to stock.

    A refund without lines concerns no goods, so nothing moves. Nor does it for a canceled order:
    it gave its pieces free when it was canceled, and only what had not left can be canceled.
    """
    if refund.order.status == OrderStatus.CANCELED:
        return
    lines = {int(line): quantity for line, quantity in refund.lines.items()}
    with stock_reason(
        reason=StockReason.REFUNDED, actor_id=refund.asked_by_id, order_id=refund.order_id
    ):
        for line in refund.order.lines.filter(pk__in=lines).order_by("pk"):
            _put_back(line, lines[line.pk])


def write_off_unsent(order: Order) -> None:
    """Take off the shelf what an order that is closed still holds.

    That is what was refunded before it was sent, and may not be sold again: nobody will send it.
    The caller holds the lock of the order.
    """
    held = Allocation.objects.filter(order_line__order=order, quantity_allocated__gt=0)
    stocks = Stock.objects.select_for_update(of=("self",)).order_by("pk")
    list(stocks.filter(pk__in=held.values("stock")).values_list("pk"))
    for part in held.select_related("order_line", "stock").order_by("stock_id", "pk"):
        pieces = part.quantity_allocated
        with stock_reason(reason=StockReason.REFUNDED, order_id=order.pk):
            deallocate_stock(part.order_line, pieces)
        with stock_reason(reason=StockReason.DAMAGED, order_id=order.pk):
            part.stock.decrease_stock(pieces)


def _put_back(line: OrderLine, quantity: int) -> None:
    if line.variant is None:  # the product was deleted since
        return
    reserved = min(_reserved(line), quantity)
    if reserved:
        deallocate_stock(line, reserved)
    stock = home_of(line)
    if quantity > reserved and stock is not None:
        increase_stock(line, stock.warehouse, quantity - reserved)


def _reserved(line: OrderLine) -> int:
    allocations = Allocation.objects.filter(order_line=line)
    return int(allocations.aggregate(sum=Sum("quantity_allocated"))["sum"] or 0)


def home_of(line: OrderLine) -> Stock | None:
    """Return where the pieces came from, else the variant's first warehouse."""
    from_here = line.allocations.select_related("stock__warehouse").order_by("stock_id").first()
    if from_here is not None:
        return from_here.stock
    return Stock.objects.filter(product_variant=line.variant).order_by("pk").first()
