"""The stock of an order: is there enough for it, and where it goes when it is not sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone
from saleor.checkout.models import CheckoutLine
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.management import deallocate_stock, increase_stock
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.locks import lock_stocks
from plugins.ordering.models import StepKind
from plugins.ordering.outcomes import ShortLine, SoldOut
from plugins.ordering.pieces import Pieces, cancel, write_steps

_UNLIMITED = 2**31  # more than any basket line can ask for


@dataclass(slots=True)
class FreeStock:
    """A locked stock row and the pieces of it that no order has reserved."""

    stock: Stock
    pieces: int


def lock_stock_or_refuse(lines: Sequence[CheckoutLine], country: str) -> list[FreeStock]:
    """Lock the stock that `lines` need and return it, by pk.

    Raises SoldOut, which names every short line.
    """
    wanted = wanted_pieces(lines)
    found = _free_stocks(lock_stocks(set(wanted), country))
    free: Counter[int] = Counter()
    for one in found:
        free[one.stock.product_variant_id] += one.pieces
    variants = {line.variant_id: line.variant for line in lines}
    short = tuple(
        ShortLine(display_name(variants[pk]), pieces, available)
        for pk, pieces in wanted.items()
        if (available := _available(variants[pk], free.get(pk))) < pieces
    )
    if short:
        raise SoldOut(short)
    return found


def allocate(lines: Iterable[OrderLine], free: Iterable[FreeStock]) -> None:
    """Reserve the pieces of saved order lines, from the first stocks first; one statement.

    `free` is of `lock_stock_or_refuse`, in this transaction: what it has is taken off it. Raises
    RuntimeError where it is too little.
    """
    by_variant: defaultdict[int, list[FreeStock]] = defaultdict(list)
    for one in free:
        by_variant[one.stock.product_variant_id].append(one)
    Allocation.objects.bulk_create(
        allocation
        for line in lines
        if line.variant.track_inventory
        for allocation in _allocations(line, by_variant[line.variant_id])
    )


def _allocations(line: OrderLine, free: Iterable[FreeStock]) -> Iterator[Allocation]:
    left = line.quantity
    for one in free:
        if part := min(left, one.pieces):
            left, one.pieces = left - part, one.pieces - part
            yield Allocation(order_line=line, stock=one.stock, quantity_allocated=part)
    if left:
        raise RuntimeError(f"{left} pieces of variant {line.variant_id} are not in locked stock")


def wanted_pieces(lines: Sequence[CheckoutLine]) -> Counter[int]:
    """Return pieces per variant; one variant may stand on several lines."""
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.variant_id] += line.quantity
    return wanted


def display_name(variant: ProductVariant) -> str:
    """Return the name a customer knows: the product, and the variant where it has a name."""
    return f"{variant.product.name} ({variant.name})" if variant.name else variant.product.name


def _free_stocks(stocks: Sequence[Stock]) -> list[FreeStock]:
    # A statement of its own, after the locks: only then does it see what others allocated.
    allocated = dict(
        Allocation.objects.filter(
            stock_id__in=[stock.pk for stock in stocks], quantity_allocated__gt=0
        )
        .order_by()
        .values_list("stock_id")
        .annotate(Sum("quantity_allocated"))
    )
    return [
        FreeStock(stock, max(stock.quantity - allocated.get(stock.pk, 0), 0)) for stock in stocks
    ]


def _available(variant: ProductVariant, free: int | None) -> int:
    if free is None or not _on_sale(variant):
        return 0
    return free if variant.track_inventory else _UNLIMITED


def _on_sale(variant: ProductVariant) -> bool:
    # Not Product.is_visible: that hides a product on the very day of its publication.
    product = variant.product
    starts = product.publication_date
    return product.is_published and (starts is None or starts <= timezone.localdate())


def lock_stock_of_order(order: Order) -> None:
    """Lock the stock rows of a locked order's goods, by pk."""
    stocks = Stock.objects.select_for_update(of=("self",)).order_by("pk")
    list(stocks.filter(product_variant__in=order.lines.values("variant")).values_list("pk"))


def cancel_unsent(
    order: Order, pieces: Pieces, *, restock: bool, actor_id: int | None, reference: str = ""
) -> None:
    """Cancel reserved `pieces` (order line id → pieces) of a locked order, stock and steps.

    `restock`: they can be sold again; else they leave the stock, because nobody will send them.
    """
    cancel(order, pieces, actor_id=actor_id, reference=reference)
    end = StepKind.RESTOCKED if restock else StepKind.WRITTEN_OFF
    write_steps(end, pieces, actor_id=actor_id, reference=reference)
    for line in _lines_with_locked_stock(order, pieces):
        with stock_reason(reason=StockReason.REFUNDED, actor_id=actor_id, order_id=order.pk):
            freed = _free(line, pieces[line.pk])
        if not restock:
            with stock_reason(reason=StockReason.DAMAGED, actor_id=actor_id, order_id=order.pk):
                _decrease(freed)


def take_back(
    order: Order,
    pieces: Pieces,
    *,
    sealed: bool,
    restock: bool,
    actor_id: int | None,
    reference: str = "",
    reason: StockReason = StockReason.RETURNED,
) -> None:
    """Note that sent `pieces` of a locked order came back, and put them into stock or write off.

    What is written off had left the stock when it was sent, so nothing moves. Raises NoWarehouse
    where pieces are to go back into stock and none keeps them any more.
    """
    write_steps(StepKind.RETURNED, pieces, actor_id=actor_id, reference=reference, sealed=sealed)
    end = StepKind.RESTOCKED if restock else StepKind.WRITTEN_OFF
    write_steps(end, pieces, actor_id=actor_id, reference=reference)
    with stock_reason(reason=reason, actor_id=actor_id, order_id=order.pk):
        for line in _lines_with_locked_stock(order, pieces) if restock else ():
            _increase(line, pieces[line.pk])


class NoWarehouse(Exception):  # noqa: N818  an answer, not a failure
    """No warehouse keeps the variant of a line any more; `str()` names its SKU."""


def _lines_with_locked_stock(order: Order, pieces: Pieces) -> list[OrderLine]:
    """Return the lines that have pieces, after their variants' stock rows were locked by pk."""
    ids = [line_id for line_id, count in pieces.items() if count]
    lines = order.lines.select_related("variant").filter(pk__in=ids).order_by("pk")
    stocks = Stock.objects.select_for_update(of=("self",)).order_by("pk")
    list(stocks.filter(product_variant__in=lines.values("variant")).values_list("pk"))
    return list(lines)


def _free(line: OrderLine, wanted: int) -> list[tuple[Stock, int]]:
    """Free so many reserved pieces, or all that are, and return which stocks held them."""
    parts: list[tuple[Stock, int]] = []
    held = line.allocations.filter(quantity_allocated__gt=0).select_related("stock")
    for allocation in held.order_by("stock_id"):  # in Saleor's order
        taken = min(wanted, allocation.quantity_allocated)
        wanted -= taken
        parts += [(allocation.stock, taken)] if taken else []
    if parts:
        deallocate_stock(line, sum(taken for _stock, taken in parts))
    return parts


def _decrease(parts: Iterable[tuple[Stock, int]]) -> None:
    for stock, pieces in parts:
        stock.decrease_stock(pieces)


def _increase(line: OrderLine, pieces: int) -> None:
    stock = restock_target(line)
    if stock is None:
        raise NoWarehouse(line.product_sku)
    increase_stock(line, stock.warehouse, pieces)


def restock_target(line: OrderLine) -> Stock | None:
    """Return where the pieces came from, else the variant's first warehouse, if any keeps it."""
    if line.variant_id is None:  # the product was deleted since
        return None
    from_here = line.allocations.select_related("stock__warehouse").order_by("stock_id").first()
    if from_here is not None:
        return from_here.stock
    return Stock.objects.filter(product_variant=line.variant).order_by("pk").first()
