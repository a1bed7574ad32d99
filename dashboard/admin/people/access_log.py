"""Who viewed and who changed what, and what went wrong. Read-only, for managers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from dashboard.admin.base import ReadOnlyModelAdmin, format_time
from dashboard.admin.filters import RecentlyFilter
from dashboard.models import AccessRecord, ErrorReport, ReportKind
from dashboard.roles import VIEW_ACCESS_LOG
from dashboard.selectors.orders import parse_number
from dashboard.services.staff import staff_by_email
from dashboard.site import staff_site


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
