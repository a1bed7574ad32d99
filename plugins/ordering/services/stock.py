"""Is there enough? Asked while the stock rows are locked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Sum
from django.utils import timezone
from saleor.checkout.models import CheckoutLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Allocation, Stock

from plugins.ordering.errors import ShortLine, SoldOut
from plugins.ordering.services.locks import lock_stocks

_UNLIMITED = 2**31  # more than any basket line can ask for


def reserve_or_refuse(lines: Sequence[CheckoutLine], country: str) -> None:
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
