"""Stock as staff see it: the table, the ledger, what runs out first, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from saleor.order.models import OrderLine
from saleor.warehouse.models import Stock

from dashboard.selectors.books import (
    AMOUNT,
    CURRENCY,
    Column,
    Period,
    Report,
    Rows,
    credited_lines,
    credits_in,
    exact,
    line_paid,
)
from dashboard.selectors.orders import parse_number
from plugins.inventory.models import LedgerCheck, StockEntry, SupplierItem
from plugins.inventory.purchasing import cost_prices
from plugins.inventory.quantities import with_available, with_sales
from plugins.ordering.totals import option_name
from plugins.taxes.models import CreditTax
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


def _cost(variant: str) -> Subquery:
    """Return the cost price of a variant that was set last, of whichever supplier; or None."""
    items = SupplierItem.objects.filter(variant=OuterRef(variant)).order_by("-updated_at", "-pk")
    return Subquery(items.values("cost_value")[:1])


def _stock_value(_period: Period) -> Rows:
    stocks = Stock.objects.filter(quantity__gt=0).annotate(cost=_cost("product_variant"))
    rows = stocks.order_by("product_variant__sku", "warehouse__name").values_list(
        "product_variant__sku",
        "product_variant__product__name",
        "product_variant__name",
        "warehouse__name",
        "quantity",
        "cost",
    )
    for sku, product, option, warehouse, pieces, cost in rows.iterator(chunk_size=2_000):
        worth = "" if cost is None else exact(cost * pieces)
        each = "" if cost is None else exact(cost)
        yield sku, product, option, warehouse, settings.DEFAULT_CURRENCY, pieces, each, worth


STOCK_VALUE = Report(
    "stock-value",
    "Stock value",
    "What is on the shelves now, whatever the period is, at the cost prices that were set last.",
    (
        Column("sku", "Its SKU"),
        Column("product", "Its name"),
        Column("option", "Which of it"),
        Column("warehouse", "Where it lies"),
        CURRENCY,
        Column("pieces", "On hand, also those that orders have reserved"),
        Column("cost_price", "What one piece costs the shop without VAT; empty if it is not known"),
        Column("value", "Pieces times cost price"),
    ),
    _stock_value,
)


def _margins(period: Period) -> Rows:
    sold = OrderLine.objects.filter(
        **period.holds("order__tax_invoice__issued_at"), currency=settings.DEFAULT_CURRENCY
    )
    net = Coalesce("vat__net_value", line_paid(), output_field=AMOUNT)
    found = sold.order_by().values("product_sku").annotate(
        name=Max("product_name"), of=Max("variant_name"), variant=Max("variant"),
        n=Sum("quantity"), net=Sum(net, output_field=AMOUNT),
    )  # fmt: skip
    back, costs = _credited(period), cost_prices()
    for row in found.order_by("product_sku"):
        less, pieces_back = back.get(row["product_sku"], (Decimal(0), 0))
        pieces, income = row["n"] - pieces_back, row["net"] - less
        cost = costs.get(row["variant"] or 0)
        yield (
            row["product_sku"], row["name"], option_name(row["of"], row["product_sku"]),
            settings.DEFAULT_CURRENCY, pieces, exact(income), *_margin(pieces, income, cost),
        )  # fmt: skip


def _margin(pieces: int, income: Decimal, cost: Decimal | None) -> tuple[Any, ...]:
    if cost is None:
        return "", "", ""
    margin = income - cost * pieces
    share = f"{margin / income * 100:.1f}" if income > 0 else ""
    return exact(cost * pieces), exact(margin), share


def _credited(period: Period) -> dict[str, tuple[Decimal, int]]:
    """Return what credit notes gave back by SKU: without VAT where it is known, and pieces."""
    lines = credited_lines(period).values("line__product_sku")
    pieces = {row["line__product_sku"]: row for row in lines.annotate(
        n=Sum("pieces"), paid=Sum("amount_value"))}  # fmt: skip
    taxes = CreditTax.objects.filter(refund__in=credits_in(period), charged__line__isnull=False)
    rows = taxes.order_by().values("charged__line__product_sku").annotate(net=Sum("net_value"))
    nets = dict(rows.values_list("charged__line__product_sku", "net"))
    return {
        sku: (nets.get(sku, row["paid"] if row else Decimal(0)), row["n"] if row else 0)
        for sku in {*pieces, *nets}
        for row in [pieces.get(sku)]
    }


MARGINS = Report(
    "margins",
    "Margin by product",
    "What sales and credit notes of the period brought without VAT and delivery, less what the "
    "pieces cost at today’s cost prices.",
    (
        Column("sku", "As it stood on the orders"),
        Column("product", "As it stood on the orders"),
        Column("option", "Which of it"),
        CURRENCY,
        Column("pieces", "Pieces on invoices, less those on credit notes"),
        Column("income", "What was paid for them without VAT, less what went back"),
        Column("cost", "Pieces times cost price; empty if that is not known"),
        Column("margin", "Income less cost"),
        Column("margin_percent", "Margin as a part of the income"),
    ),
    _margins,
)
GOODS = (STOCK_VALUE, MARGINS)
