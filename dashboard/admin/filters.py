"""The filters beside the lists of orders, stock, guides and error reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from dashboard.selectors import catalogue, orders
from dashboard.selectors.home import recent
from dashboard.selectors.orders import is_late
from dashboard.selectors.stock import size_choices, with_size
from plugins.inventory.quantities import low_stock, out_of_stock
from product_content.parsing import parse_id

# By the filter's value. Functions, because what is late depends on the day and on the settings.
ORDER_WORK: dict[str, Callable[[], Q]] = {
    "to_pack": lambda: orders.TO_PACK,
    "late": is_late,
    "attention": lambda: orders.NEEDS_ATTENTION,
    "waiting": lambda: orders.WAITING_FOR_PAYMENT,
    "large": orders.large_and_unpaid,
    "today": orders.placed_today,
    "sent": lambda: orders.SENT,
    "return_expected": lambda: orders.RETURN_EXPECTED,
    "return_arrived": lambda: orders.RETURN_ARRIVED,
    "return_done": lambda: orders.RETURN_DONE,
    "canceled": lambda: orders.CANCELLED,
}


class OrderWorkFilter(SimpleListFilter):
    """Orders by what there is to do."""

    title = "what there is to do"
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the values of the filter and their words."""
        return (
            ("to_pack", "To pack"),
            ("late", "Late"),
            ("attention", "Needs attention"),
            ("waiting", "Waiting for payment"),
            ("large", "Large, and not paid"),
            ("today", "Placed today"),
            ("sent", "Sent"),
            ("return_expected", "Return: expected"),
            ("return_arrived", "Return: came in, to look at"),
            ("return_done", "Return: done"),
            ("canceled", "Cancelled or released"),
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the orders of the chosen kind; an unknown value chooses all."""
        condition = ORDER_WORK.get(self.value() or "")
        return queryset.filter(condition()) if condition else queryset


class OrderCustomerFilter(SimpleListFilter):
    """The orders of one customer, to which the customer's page leads."""

    title = "customer"
    parameter_name = "user__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the chosen customer alone: a list of all of them would name everybody."""
        chosen = parse_id(request.GET.get(self.parameter_name, ""))
        return () if chosen is None else ((str(chosen), f"Number {chosen}"),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the orders of the chosen customer."""
        return queryset.filter(user_id=parse_id(self.value()))


class StockLevelFilter(SimpleListFilter):
    """Stock by how much is left."""

    title = "what is left"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the values of the filter and their words."""
        return (("low", "Low (at its reorder point)"), ("out", "Out of stock"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the stocks of the chosen level."""
        choose = {"low": low_stock, "out": out_of_stock}.get(self.value() or "")
        return choose(queryset) if choose else queryset


class GuideReviewFilter(SimpleListFilter):
    """Guides that a clinician should look at."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the one value of the filter, with how many guides it chooses."""
        return (("due", f"Due ({catalogue.guides_due_for_review().count()})"),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the guides that are due; an unknown value chooses all."""
        if self.value() != "due":
            return queryset
        return queryset.filter(pk__in=catalogue.guides_due_for_review().values("pk"))


class StockSizeFilter(SimpleListFilter):
    """Singles in a size, and the sets that contain it."""

    title = "size"
    parameter_name = "size"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the sizes of the chart."""
        return size_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the stocks of the chosen size."""
        number = parse_id(self.value())
        return queryset if number is None else with_size(queryset, number)


class RecentlyFilter(SimpleListFilter):
    """Error reports of the last day, which the first page counts."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the one choice."""
        return (("day", "In the last 24 hours"),)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the reports of the last day, or all."""
        return queryset.filter(recent()) if self.value() == "day" else queryset
