"""Customers: only what is needed to answer one; and who viewed and who changed what.

Nothing here says what was bought. The logs, of errors too, are read-only and for managers.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from saleor.order.models import Order
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from dashboard.admin.base import AuditedAdmin, ReadOnlyModelAdmin, format_time
from dashboard.admin.filters import RecentlyFilter
from dashboard.models import AccessKind, AccessRecord, Customer, ErrorReport, ReportKind
from dashboard.roles import VIEW_ACCESS_LOG
from dashboard.selectors.orders import parse_number
from dashboard.services.personal_data import erase_person, export_person
from dashboard.services.staff import staff_by_email
from dashboard.site import staff_site
from product_content.parsing import EmailAddressField


def with_order_count(customers: QuerySet) -> QuerySet:
    """Add `order_total`, the number of their orders.

    A subquery is worked out for the rows on the page only; a join would count everybody's first.
    """
    own = Order.objects.filter(user=OuterRef("pk")).order_by().values("user")
    counted = own.annotate(total=Count("pk")).values("total")
    return customers.annotate(
        order_total=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )


class PersonForm(forms.Form):
    """Whose data it is about; to erase it, the address once more, and why."""

    email = EmailAddressField(
        label="E-mail of the person",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="With an account or without. Be sure that it is theirs: answer to this address.",
    )
    again = EmailAddressField(
        label="To erase: the same address once more",
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Cannot be undone. What the books and parcels on their way need stays until its "
        "time is over.",
    )
    reason = forms.CharField(
        label="To erase: how they asked",
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Such as “by letter of 3 May”. No name and no address.",
    )

    def __init__(self, data: Any, *, erase: bool, may_erase: bool) -> None:
        super().__init__(data)
        self._erase = erase
        if not may_erase:
            del self.fields["again"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for the confirmation where something is to be erased."""
        data = super().clean() or self.cleaned_data
        if self._erase and data.get("again") != data.get("email"):
            self.add_error("again", "This is not the same address.")
        if self._erase and not data.get("reason"):
            self.add_error("reason", "Say how they asked for it.")
        return data


@admin.register(Customer, site=staff_site)
class CustomerAdmin(AuditedAdmin, ReadOnlyModelAdmin):
    """People with an account. Guests have none: their orders carry what is needed."""

    required_permission = "account.manage_users"
    access_kind = AccessKind.CUSTOMER
    list_display = ("email", "joined", "is_active", "order_count")
    list_filter = ("is_active",)
    search_fields = ("email",)
    search_help_text = "E-mail"
    ordering = ("email",)
    actions_list = ("personal_data",)

    @action(description="Personal data", url_path="personal-data", permissions=["view"])
    def personal_data(self, request: HttpRequest) -> HttpResponse:
        """Hand over what is kept of a person as a file, or erase it."""
        may_erase = request.user.has_perm("site.manage_settings")
        erase = may_erase and "erase" in request.POST
        data = request.POST if request.method == "POST" else None
        form = PersonForm(data, erase=erase, may_erase=may_erase)
        if form.is_valid() and not erase:
            return export_person(email=form.cleaned_data["email"], actor=request.user)
        if form.is_valid():
            count = erase_person(actor=request.user, **_without_again(form))
            messages.success(request, f"Erased. Orders that it concerned: {count}.")
            return redirect("admin:dashboard_customer_changelist")
        context = {
            **staff_site.each_context(request),
            "title": "Personal data",
            "opts": self.opts,
            "form": form,
            "may_erase": may_erase,
        }
        return TemplateResponse(request, "dashboard/personal_data.html", context)

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        """Lead to the orders whoever may open them."""
        may_open = request.user.has_perm("order.manage_orders")
        return ("email", "joined", "is_active", "their_orders" if may_open else "order_count")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Customer | None = None
    ) -> tuple[str, ...]:
        """Return all of them."""
        return self.get_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Return who is not staff, with the number of their orders."""
        customers = super().get_queryset(request).filter(is_staff=False)
        return with_order_count(customers)

    @display(description="Joined", ordering="date_joined")
    def joined(self, customer: Customer) -> str:
        """Return when the account was made."""
        return format_time(customer.date_joined)

    @display(description="Orders", ordering="order_total")
    def order_count(self, customer: Customer) -> int:
        """Return how many orders the customer has."""
        return int(customer.order_total)

    @display(description="Orders")
    def their_orders(self, customer: Customer) -> SafeString:
        """Return the number of orders, with the way to them; the address names no e-mail."""
        url = reverse("admin:order_order_changelist")
        html = '<a class="underline" href="{}?user__id__exact={}">{}</a>'
        return format_html(html, url, customer.pk, customer.order_total)


def _without_again(form: PersonForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("email", "reason")}


class _LogAdmin(ReadOnlyModelAdmin):
    required_permission = VIEW_ACCESS_LOG
    empty_help = "Nothing was recorded yet."


@admin.register(AccessRecord, site=staff_site)
class AccessRecordAdmin(_LogAdmin):
    """Orders, parcels and customers that staff opened; kept as long as /privacy/ says."""

    list_display = fields = readonly_fields = ("when", "who", "kind", "subject_id", "detail")
    list_filter = ("kind",)
    list_select_related = ("actor",)
    search_fields = ("actor__email",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Staff e-mail, or number of the order or customer"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AccessRecord], search_term: str
    ) -> tuple[QuerySet[AccessRecord], bool]:
        """Find by the number of the order or customer, or by part of the staff e-mail."""
        term, number = search_term.strip(), parse_number(search_term)
        if number is not None:
            return queryset.filter(subject_id=number), False
        return queryset.filter(actor__in=staff_by_email(term)) if term else queryset, False

    @display(description="When", ordering="pk")
    def when(self, record: AccessRecord) -> str:
        """Return when the page was opened."""
        return format_time(record.at)

    @display(description="Who")
    def who(self, record: AccessRecord) -> str:
        """Return who opened it."""
        return str(record.actor.email)


@admin.register(LogEntry, site=staff_site)
class LogEntryAdmin(_LogAdmin):
    """Changes made on the dashboard's forms; those of orders and stock stand on their pages."""

    list_display = fields = readonly_fields = ("when", "who", "content_type", "what", "how")
    list_select_related = ("user", "content_type")
    search_fields = ("user__email", "object_repr")
    search_help_text = "Staff e-mail, or what was changed"

    @display(description="When", ordering="pk")
    def when(self, entry: LogEntry) -> str:
        """Return when it was changed."""
        return format_time(entry.action_time)

    @display(description="Who")
    def who(self, entry: LogEntry) -> str:
        """Return who changed it."""
        return str(entry.user)

    @display(description="What")
    def what(self, entry: LogEntry) -> str:
        """Return the row's name as it was then."""
        return entry.object_repr

    @display(description="Change")
    def how(self, entry: LogEntry) -> str:
        """Return which fields were changed."""
        return str(entry.get_change_message())


_KIND_COLOURS = {ReportKind.ERROR: "danger", ReportKind.TASK: "danger", ReportKind.SLOW: "warning"}


@admin.register(ErrorReport, site=staff_site)
class ErrorReportAdmin(_LogAdmin):
    """What went wrong lately, a row for each fault; who met it and what they did is not known."""

    empty_help = "Nothing went wrong in the last 30 days, as it should be."
    list_display = ("what", "trouble", "page", "times", "first", "last", "request_id")
    fields = readonly_fields = (
        "what", "trouble", "page", "place", "status", "milliseconds", "times", "first", "last",
        "request_id",
    )  # fmt: skip
    list_filter = (RecentlyFilter, "kind")
    search_fields = ("what", "page", "place", "request_id")
    search_help_text = "Type of error, page or task, line of code, request id"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list under the name that the sidebar has for it."""
        return super().changelist_view(
            request, {"title": "What went wrong lately", **(extra_context or {})}
        )

    @display(description="Kind", label=_KIND_COLOURS)
    def trouble(self, report: ErrorReport) -> tuple[str, str]:
        """Return what kind of trouble it was."""
        return report.kind, report.get_kind_display()

    @display(description="Times", ordering="count")
    def times(self, report: ErrorReport) -> int:
        """Return how often it came."""
        return report.count

    @display(description="First", ordering="first_at")
    def first(self, report: ErrorReport) -> str:
        """Return when it first came."""
        return format_time(report.first_at)

    @display(description="Last", ordering="last_at")
    def last(self, report: ErrorReport) -> str:
        """Return when it came last."""
        return format_time(report.last_at)
