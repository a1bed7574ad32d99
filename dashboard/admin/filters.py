"""The filters beside the lists of orders, stock, guides, messages and error reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django_countries import countries
from saleor.account.models import Address
from saleor.order.models import Order
from saleor.shipping.models import ShippingMethod, ShippingZone
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.widgets import INPUT_CLASSES

from dashboard.selectors import catalogue, finding, orders
from dashboard.selectors.home import recent
from dashboard.selectors.orders import is_late
from dashboard.selectors.stock import size_choices, with_size
from plugins.inventory.quantities import low_stock, out_of_stock
from product_content.languages import midnight
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


class PlacedForm(forms.Form):
    """From which day to which; the browser's own calendar, which needs no script of ours."""

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        super().__init__(data)
        for end, label in (("from", "Placed from"), ("to", "Placed until")):
            widget = forms.DateInput(
                attrs={"type": "date", "class": " ".join(INPUT_CLASSES), "aria-label": label}
            )
            self.fields[f"{name}_{end}"] = forms.DateField(required=False, widget=widget)


class PlacedFilter(RangeDateFilter):
    """Orders by the days on which they were placed, both included, in the shop's time zone."""

    form_class = PlacedForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "day"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the orders of these days; what is no day is left out, as the form says."""
        form = PlacedForm(str(self.parameter_name), self.used_parameters)
        form.is_valid()
        first = form.cleaned_data.get(f"{self.parameter_name}_from")
        last = form.cleaned_data.get(f"{self.parameter_name}_to")
        if first:
            queryset = queryset.filter(created__gte=midnight(first))
        return queryset.filter(created__lt=midnight(last + _DAY)) if last else queryset


_DAY = timedelta(days=1)


class OrderCountryFilter(DropdownFilter):
    """Orders by the country that they go to, of those that the shop delivers to."""

    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the countries of the zones, by name."""
        zones = ShippingZone.objects.values_list("countries", flat=True)
        served = {code for zone in zones for code in zone.split(",") if code}
        return sorted(((code, countries.name(code)) for code in served), key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the orders that go there; an unknown country has none."""
        code = (self.value() or "").upper()
        there = Address.objects.order_by().filter(country=code[:2])
        to_there = Order.objects.order_by().filter(shipping_address__in=there)
        return queryset.filter(pk__in=to_there.values("pk")) if code else queryset


class OrderMethodFilter(DropdownFilter):
    """Orders by the delivery method that was chosen."""

    title = "delivery"
    parameter_name = "method"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the methods with their zones."""
        methods = ShippingMethod.objects.order_by("name", "pk")
        rows = methods.values_list("pk", "name", "shipping_zone__name")
        return [(str(pk), f"{name} ({zone})") for pk, name, zone in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the orders that go this way."""
        if not self.value():
            return queryset
        return queryset.filter(shipping_method_id=parse_id(self.value()) or 0)


class OrderPaymentFilter(DropdownFilter):
    """Orders by how they are paid, in the words of the list."""

    title = "payment"
    parameter_name = "payment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the words as values and as words."""
        return [(word, word) for word in orders.PAYMENT_STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the orders that are paid so; an unknown value chooses all."""
        condition = orders.PAYMENT_STATES.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class OrderChoiceFilter(DropdownFilter):
    """Orders by what the customer chose of the delivery options."""

    title = "discretion"
    parameter_name = "choice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the choices that differ from the usual."""
        return [(name, words) for name, (words, _sql) in finding.CHOICES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the orders with this choice; an unknown value chooses all."""
        name = self.value() or ""
        return queryset.filter(finding.chose(name)) if name in finding.CHOICES else queryset


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


class UnansweredFilter(SimpleListFilter):
    """Messages by how far they are."""

    title = "state"
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Return the values of the filter and their words."""
        return (("no", "New"), ("yes", "Answered"), ("closed", "Closed"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return those messages; an unknown value chooses all."""
        if self.value() == "closed":
            return queryset.filter(closed_at__isnull=False)
        if self.value() not in {"no", "yes"}:
            return queryset
        return queryset.filter(answered_at__isnull=self.value() == "no", closed_at=None)
