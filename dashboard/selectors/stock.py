"""The stock table: one row per variant and warehouse."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from saleor.warehouse.models import Stock

from plugins.inventory.selectors.levels import (
    LOW_STOCK,
    low_stock,
    out_of_stock,
    with_available,
    with_sales,
)
from product_content.models import SetSize, Size

__all__ = ["LOW_STOCK", "low_stock", "out_of_stock", "stock_table", "stock_with_availability"]


def stock_with_availability(stocks: QuerySet[Stock] | None = None) -> QuerySet[Stock]:
    """Return the stocks with `allocated` and `available`, in pieces."""
    return with_available(Stock.objects.all() if stocks is None else stocks)


def stock_table(stocks: QuerySet[Stock]) -> QuerySet[Stock]:
    """Return the stocks with all that the table shows; two queries, whatever their number."""
    sizes = Prefetch("product_variant__product__set_sizes", SetSize.objects.select_related("size"))
    related = (
        "product_variant__product__category",
        "product_variant__single_size__size",
        "warehouse",
        "reorder_point",
    )
    return with_sales(with_available(stocks)).select_related(*related).prefetch_related(sizes)


def sizes_of(stock: Any) -> list[int]:
    """Return the numbers of a stock's sizes: one for a single, several for a set."""
    single = getattr(stock.product_variant, "single_size", None)
    if single is not None:
        return [single.size.number]
    return [row.size.number for row in stock.product_variant.product.set_sizes.all()]


def size_span(stock: Any) -> str:
    """Return a stock's sizes as briefly as they can be said, a run of them by its two ends."""
    sizes = sizes_of(stock)
    if len(sizes) > 1 and sizes == list(range(sizes[0], sizes[-1] + 1)):
        return f"{sizes[0]}–{sizes[-1]}"
    return ", ".join(map(str, sizes))


def with_size(stocks: QuerySet[Stock], number: int) -> QuerySet[Stock]:
    """Return the stocks of singles in this size, and of sets that contain it."""
    single = Q(product_variant__single_size__size__number=number)
    sets = SetSize.objects.filter(size__number=number).values("product")
    return stocks.filter(single | Q(product_variant__product__in=sets))


def size_choices() -> list[tuple[str, str]]:
    """Return the chart's sizes for a filter."""
    return [(str(size.number), str(size)) for size in Size.objects.all()]
