"""The box that Ctrl+K opens: what somebody who typed a few letters may go to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from dashboard.selectors.numbers import order_numbered


def found_for(
    request: HttpRequest, sidebar: list[dict[str, Any]], typed: str
) -> list[SearchResult]:
    """Return the order of a typed number and the lines of the sidebar that fit.

    Unfold's own search names models and remembers what it found for five minutes, also for
    somebody whose role was taken away meanwhile.
    """
    return [*_order(request, typed), *_lines(sidebar, typed.casefold())]


def _order(request: HttpRequest, typed: str) -> list[SearchResult]:
    user: Any = request.user
    order = order_numbered(typed) if user.has_perm("order.manage_orders") else None
    if order is None:
        return []
    url = reverse("admin:order_order_change", args=[order.pk])
    return [SearchResult(f"Order {order}", "Orders", url, "package_2")]


def _lines(sidebar: list[dict[str, Any]], wanted: str) -> list[SearchResult]:
    return [
        SearchResult(line["title"], group.get("title", ""), str(line["link"]), line["icon"])
        for group in sidebar
        for line in group["items"]
        if line["has_permission"]
        and (wanted in line["title"].casefold() or wanted in group.get("title", "").casefold())
    ]
