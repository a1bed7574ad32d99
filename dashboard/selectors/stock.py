"""Stock as staff see it: the table, the ledger, and which stocks run out first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from saleor.warehouse.models import Stock

from dashboard.selectors.orders import parse_number
from plugins.inventory.models import LedgerCheck, StockEntry
from plugins.inventory.quantities import with_available, with_sales
from product_content.models import SetSize, Size


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
    """Return a stock's sizes as short text; a run of sizes is given by its first and last."""
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


def search_entries(term: str) -> QuerySet[Any, Any]:
    """Return the ids of entries by part of a SKU or of a note, or by an order's number.

    A union of three queries, because an index serves each of them and none serves their OR.
    """
    entries = StockEntry.objects.order_by().values("pk")
    stocks = Stock.objects.order_by().filter(product_variant__sku__icontains=term)
    noted = entries.exclude(note="").filter(note__icontains=term)
    of_order = entries.filter(order_id=parse_number(term) or 0)  # no order has the number 0
    return entries.filter(stock__in=stocks).union(noted, of_order)


_MAX_BARS = 10  # bars that can be read beside one another on a phone


@dataclass(frozen=True)
class RunningOut:
    """A stock with recent sales, with the days it lasts at the present sales rate."""

    sku: str
    product: str
    warehouse: str
    available: int
    sold: int
    days_left: int


def running_out() -> list[RunningOut]:
    """Return the ten stocks that run out first, the first of them first; one query.

    Stocks that are out already are counted elsewhere on the page.
    """
    in_stock = with_available(Stock.objects.all()).filter(available__gt=0)
    stocks = with_sales(in_stock).filter(sold__gt=0)
    rows = stocks.order_by("days_left", "-sold", "pk").values_list(
        "product_variant__sku",
        "product_variant__product__name",
        "warehouse__name",
        "available",
        "sold",
        "days_left",
    )
    return [RunningOut(*row) for row in rows[:_MAX_BARS]]


# The ledger is compared every ten minutes; after an hour without, the worker has stopped.
MAX_CHECK_AGE = timedelta(hours=1)


def latest_check() -> LedgerCheck | None:
    """Return the result of the last comparison; comparing now would read every order."""
    return LedgerCheck.objects.first()


def is_check_old(check: LedgerCheck) -> bool:
    """Say whether the comparison is too old to say anything about the stock now."""
    return check.at < timezone.now() - MAX_CHECK_AGE
