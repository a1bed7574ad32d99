"""The first page of /staff/: what there is to do, and how sales and stock go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dashboard.charts import Chart, running_out_chart, sales_chart
from dashboard.roles import MANAGE_STOCK
from dashboard.selectors.home import work_for
from dashboard.selectors.running_out import running_out
from dashboard.selectors.sales import sales_by_day
from dashboard.selectors.work import MANAGE_ORDERS


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
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
