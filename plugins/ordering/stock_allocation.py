"""The stock of an order: is there enough for it, and where it goes when it is not sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Sum
from django.utils import timezone
from saleor.checkout.models import CheckoutLine
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.management import deallocate_stock, increase_stock
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.locks import lock_stocks
from plugins.ordering.models import Refund
from plugins.ordering.outcomes import ShortLine, SoldOut

_UNLIMITED = 2**31  # more than any basket line can ask for


def lock_stock_or_refuse(lines: Sequence[CheckoutLine], country: str) -> None:
    """Lock the stock that `lines` need, or raise SoldOut naming every short line."""
    wanted = wanted_pieces(lines)
    stocks = lock_stocks(set(wanted), country)
    free = _free_pieces(stocks)
    variants = {line.variant_id: line.variant for line in lines}
    short = tuple(
        ShortLine(display_name(variants[pk]), pieces, available)
        for pk, pieces in wanted.items()
        if (available := _available(variants[pk], free.get(pk))) < pieces
    )
    if short:
        raise SoldOut(short)


def wanted_pieces(lines: Sequence[CheckoutLine]) -> Counter[int]:
    """Return pieces per variant; one variant may stand on several lines."""
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.variant_id] += line.quantity
    return wanted


def display_name(variant: ProductVariant) -> str:
    """Return the name a customer knows: the product, and the variant where it has a name."""
    return f"{variant.product.name} ({variant.name})" if variant.name else variant.product.name


def _free_pieces(stocks: Sequence[Stock]) -> dict[int, int]:
    # A statement of its own, after the locks: only then does it see what others allocated.
    allocated = dict(
        Allocation.objects.filter(
            stock_id__in=[stock.pk for stock in stocks], quantity_allocated__gt=0
        )
        .order_by()
        .values_list("stock_id")
        .annotate(Sum("quantity_allocated"))
    )
    free: Counter[int] = Counter()
    for stock in stocks:
        free[stock.product_variant_id] += max(stock.quantity - allocated.get(stock.pk, 0), 0)
    return dict(free)


def _available(variant: ProductVariant, free: int | None) -> int:
    if free is None or not _on_sale(variant):
        return 0
    return free if variant.track_inventory else _UNLIMITED


def _on_sale(variant: ProductVariant) -> bool:
    # Not Product.is_visible: that hides a product on the very day of its publication.
    product = variant.product
    starts = product.publication_date
    return product.is_published and (starts is None or starts <= timezone.localdate())


def restock_refunded(refund: Refund) -> None:
    """Free what is still reserved for the refunded lines, and return the rest to stock.

    A refund without lines concerns no goods, so nothing moves. Nor does it for a cancelled order:
    it gave its pieces free when it was cancelled, and only what had not left can be cancelled.
    """
    if refund.order.status == OrderStatus.CANCELED:
        return
    lines = {int(line): quantity for line, quantity in refund.lines.items()}
    with stock_reason(
        reason=StockReason.REFUNDED, actor_id=refund.asked_by_id, order_id=refund.order_id
    ):
        for line in refund.order.lines.filter(pk__in=lines).order_by("pk"):
            _restock_line(line, lines[line.pk])


def write_off_unsent(order: Order) -> None:
    """Take off the stock what an order that is closed still holds.

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


def _restock_line(line: OrderLine, quantity: int) -> None:
    if line.variant is None:  # the product was deleted since
        return
    reserved = min(_allocated_to(line), quantity)
    if reserved:
        deallocate_stock(line, reserved)
    stock = restock_target(line)
    if quantity > reserved and stock is not None:
        increase_stock(line, stock.warehouse, quantity - reserved)


def _allocated_to(line: OrderLine) -> int:
    allocations = Allocation.objects.filter(order_line=line)
    return int(allocations.aggregate(sum=Sum("quantity_allocated"))["sum"] or 0)


def restock_target(line: OrderLine) -> Stock | None:
    """Return where the pieces came from, else the variant's first warehouse."""
    from_here = line.allocations.select_related("stock__warehouse").order_by("stock_id").first()
    if from_here is not None:
        return from_here.stock
    return Stock.objects.filter(product_variant=line.variant).order_by("pk").first()
