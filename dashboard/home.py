"""The first page of /staff/: what there is to do, and charts of sales and stock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.formats import date_format

from dashboard.admin.base import format_money
from dashboard.roles import MANAGE_STOCK
from dashboard.selectors.home import MANAGE_ORDERS, DayOfSales, sales_by_day, work_for
from dashboard.selectors.stock import RunningOut, running_out

_BAR_COLOUR = "var(--color-primary-500)"  # 600 is hard to see on the dark theme


@dataclass(frozen=True)
class ChartImage:
    """One chart: `data` is the JSON that Chart.js reads."""

    label: str
    data: str


@dataclass(frozen=True)
class Chart:
    """Charts with the table behind them, for people who cannot see them or run no scripts.

    `summary` sums them up in words; without `rows` it is shown alone.
    """

    title: str
    summary: str
    pictures: tuple[ChartImage, ...]
    headers: tuple[str, ...]
    rows: list[tuple[object, ...]]

    @property
    def is_wide(self) -> bool:
        """Say whether the pictures stand side by side."""
        return len(self.pictures) > 1

    @property
    def table(self) -> dict[str, object]:
        """Return the table as Unfold's component takes it."""
        return {"headers": self.headers, "rows": self.rows}


def sales_chart(days: list[DayOfSales]) -> Chart:
    """Return the orders and the money of each day."""
    currency, names = settings.DEFAULT_CURRENCY, [date_format(row.day, "j M") for row in days]
    orders, taken = sum(row.orders for row in days), sum((row.taken for row in days), Decimal())
    paid = "1 paid order" if orders == 1 else f"{orders} paid orders"
    return Chart(
        title=f"Sales in {len(days)} days",
        summary=f"{paid}, {format_money(taken, currency)} taken, less refunds.",
        pictures=(
            _bars("Paid orders a day", names, [row.orders for row in days]),
            _bars(f"Taken a day, in {currency}", names, [float(row.taken) for row in days]),
        ),
        headers=("Day", "Paid orders", "Taken, less refunds"),
        rows=[
            (date_format(row.day, "D j M"), row.orders, format_money(row.taken, currency))
            for row in reversed(days)
        ],
    )


def running_out_chart(stocks: list[RunningOut]) -> Chart:
    """Return the days that each stock lasts."""
    return Chart(
        title="Stock that runs out first",
        summary=(
            "Days left, if sales go on as in the last 30 days."
            if stocks
            else "Nothing was sold in the last 30 days, so nothing runs out."
        ),
        pictures=(
            _bars("Days left", [row.sku for row in stocks], [row.days_left for row in stocks]),
        ),
        headers=("SKU", "Product", "Warehouse", "Available", "Sold in 30 days", "Days left"),
        rows=[
            (row.sku, row.product, row.warehouse, row.available, row.sold, row.days_left)
            for row in stocks
        ],
    )


def _bars(label: str, names: Sequence[str], values: Iterable[float]) -> ChartImage:
    """Return a bar for each name; `label` says what they count. Options are Unfold's own."""
    dataset = {
        "label": label,
        "data": list(values),
        "backgroundColor": _BAR_COLOUR,
        "borderRadius": 3,
        "maxBarThickness": 16,
        "displayYAxis": True,
        "maxTicksXLimit": 10,
    }
    return ChartImage(label, json.dumps({"labels": list(names), "datasets": [dataset]}))


def home_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what this person may see; Unfold's setting DASHBOARD_CALLBACK names this function."""
    user: Any = request.user
    return {**context, "work": work_for(user), "charts": _charts_for(user)}


def _charts_for(user: Any) -> list[Chart]:
    charts = []
    if user.has_perm(MANAGE_ORDERS):
        charts.append(sales_chart(sales_by_day()))
    if user.has_perm(MANAGE_STOCK):
        charts.append(running_out_chart(running_out()))
    return charts
