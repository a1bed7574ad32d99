"""The books: reports with a chart, exports of any period, and the comparison with Stripe's file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import wraps
from itertools import islice
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_http_methods
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from dashboard.admin.base import format_money
from dashboard.middleware import View
from dashboard.roles import VIEW_REPORTS
from dashboard.selectors.books import Period, Report
from dashboard.selectors.exports import LISTS, REPORTS, SUMS
from dashboard.selectors.reports import BY_DAY, DayTotals, day_totals
from dashboard.services.personal_data import record_export
from dashboard.site import staff_site
from plugins.stripe_payments.payouts import LIMITS, PayoutsRefused, compare
from product_content.parsing import validate_near_date
from product_content.tables import csv_chunks, xlsx_chunks

_CHUNKS: dict[str, tuple[str, Callable[..., Iterable[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", csv_chunks),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_chunks),
}
_MAX_ROWS = 100  # of one report on a page; the file has all of them
_MAX_DIFFERENCES = 200  # of one kind on the page


def _for_books(view: View) -> View:
    """Refuse everybody who may not see the books; the site has asked for the log-in before."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(VIEW_REPORTS):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return page


class PeriodForm(forms.Form):
    """The first and the last day; both count."""

    first = forms.DateField(
        label="First day",
        validators=[validate_near_date],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    last = forms.DateField(
        label="Last day",
        validators=[validate_near_date],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )

    def clean_last(self) -> date:
        """Refuse a period that ends before it begins."""
        last: date = self.cleaned_data["last"]
        first = self.cleaned_data.get("first")
        if first and last < first:
            raise ValidationError("The last day is before the first one.")
        return last

    @property
    def period(self) -> Period:
        """The period of a valid form."""
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])


def _asked(request: HttpRequest) -> PeriodForm:
    """Return the form as sent, or with this month."""
    if "first" in request.GET or "last" in request.GET:
        return PeriodForm(request.GET)
    [(_name, period), *_] = usual_periods(timezone.localdate())
    return PeriodForm({"first": period.first, "last": period.last})


def usual_periods(today: date) -> list[tuple[str, Period]]:
    """Return the periods that books are kept by, with their names, as of a day."""
    month = today.replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    year = month.replace(month=1)
    begun = [("month", month, 1), ("quarter", quarter, 3), ("year", year, 12)]
    found = [(f"This {name}", _months(begin, count)) for name, begin, count in begun]
    for name, begin, count in begun:
        before = begin - timedelta(days=1)
        first = _months_before(before.replace(day=1), count - 1)
        found.append((f"Last {name}", Period(first, before)))
    return found


def _months(first: date, count: int) -> Period:
    after = _months_before(first, -count)
    return Period(first, after - timedelta(days=1))


def _months_before(first: date, count: int) -> date:
    years, month = divmod(first.year * 12 + first.month - 1 - count, 12)
    return date(years, month + 1, 1)


@dataclass(frozen=True)
class Shown:
    """A report with the rows that the page has room for."""

    report: Report
    rows: Sequence[tuple[Any, ...]]
    is_cut: bool


def _may_see(request: HttpRequest, report: Report) -> bool:
    user: Any = request.user
    return bool(user.has_perms(report.permissions))


@_for_books
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period."""
    form = _asked(request)
    context: dict[str, Any] = {}
    if form.is_valid():
        period = form.period
        days = list(BY_DAY.rows(period))
        others = [one for one in SUMS[1:] if _may_see(request, one)]
        totals = day_totals(days)
        context = {
            "period": period,
            "totals": totals,
            "figures": [_figures(one) for one in totals],
            "chart": bar_chart(period, days),
            "shown": [
                _shown(BY_DAY, reversed(days)),
                *(_shown(one, one.rows(period)) for one in others),
            ],
        }
    return _page(request, "reports", "Reports", form, context)


def _shown(report: Report, rows: Iterable[tuple[Any, ...]]) -> Shown:
    first = [tuple(map(_cell, row)) for row in islice(iter(rows), _MAX_ROWS + 1)]
    return Shown(report, first[:_MAX_ROWS], len(first) > _MAX_ROWS)


def _cell(cell: Any) -> Any:
    """Return a day as files have it; everything else is printed as it is."""
    return cell.isoformat() if isinstance(cell, date) else cell


def _figures(totals: DayTotals) -> list[tuple[str, object]]:
    """Return the sums of a period with their names, as the top of the page shows them."""
    named = (
        ("Sold", totals.sold),
        ("Credited", totals.credited),
        ("Net sales", totals.net_sales),
        ("VAT due", totals.vat),
    )
    amounts = [(name, format_money(amount, totals.currency)) for name, amount in named]
    return [("Paid orders", totals.orders), *amounts]


def _page(
    request: HttpRequest, name: str, title: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    """Return one of the pages of this module; 422 where the form or the file was refused."""
    common = {
        **staff_site.each_context(request),
        "title": title,
        "form": form,
        "usual": usual_periods(timezone.localdate()),
    }
    status = 422 if form.errors or context.get("problems") else 200
    template = f"dashboard/reports/{name}.html"
    return TemplateResponse(request, template, {**common, **context}, status=status)


@_for_books
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """Show what can be taken away, with the meaning of each column."""
    return _exports_page(request, _asked(request))


def _exports_page(request: HttpRequest, form: PeriodForm) -> HttpResponse:
    groups = (("One row for each", LISTS), ("Sums, as the reports show them", SUMS))
    found = [(name, [one for one in some if _may_see(request, one)]) for name, some in groups]
    period = form.period if form.is_valid() else None
    return _page(request, "exports", "Exports", form, {"groups": found, "period": period})


@_for_books
@require_GET
def export(request: HttpRequest, report: str, file_type: str) -> HttpResponseBase:
    """Send one report of a period as a file, row by row as the database gives them."""
    wanted, form = REPORTS.get(report), _asked(request)
    if wanted is None or file_type not in _CHUNKS:
        raise Http404
    if not _may_see(request, wanted):
        raise PermissionDenied
    if not form.is_valid():
        return _exports_page(request, form)
    period = form.period
    record_export(actor=request.user, detail=f"{wanted.title}, {period}, {file_type.upper()}")
    content_type, chunks = _CHUNKS[file_type]
    answer = StreamingHttpResponse(
        chunks(wanted.headings, wanted.rows(period)), content_type=content_type
    )
    name = f"{report}-{period.first}-{period.last}.{file_type}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


_MAX_DAYS = 62  # bars that stand beside one another on a phone; of more, months are shown
_WIDTH, _HEIGHT, _GAP = 600, 160, 2  # of the drawing, in its own units


@dataclass(frozen=True)
class Bar:
    """One bar, in the drawing's units, with what it stands for in words."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class BarChart:
    """Net sales by day or month, as a drawing; the table below it has the same figures."""

    title: str
    summary: str
    bars: list[Bar]
    zero: float
    first: str
    last: str
    width: int = _WIDTH
    height: int = _HEIGHT


def bar_chart(period: Period, days: Sequence[tuple[Any, ...]]) -> BarChart | None:
    """Draw the rows of `BY_DAY` in the shop's currency; None where nothing was sold."""
    currency = str(settings.DEFAULT_CURRENCY)
    net = BY_DAY.headings.index("net_sales")
    found = {row[0]: row[net] for row in days if row[1] == currency}
    if not found:
        return None
    by_day = (period.last - period.first).days < _MAX_DAYS
    sums = _day_sums(period, found) if by_day else _month_sums(period, found)
    highest, lowest = max(*sums.values(), Decimal(0)), min(*sums.values(), Decimal(0))
    best = max(sums, key=lambda name: sums[name])
    each = "day" if by_day else "month"
    bars, zero = _bars(sums, highest, lowest, currency)
    return BarChart(
        f"Net sales by {each}, in {currency}",
        f"Most on {best}: {format_money(sums[best], currency)}.",
        bars,
        zero,
        next(iter(sums)),
        next(reversed(sums)),
    )


def _day_sums(period: Period, found: dict[date, Decimal]) -> dict[str, Decimal]:
    count = (period.last - period.first).days + 1
    days = [period.first + timedelta(days=number) for number in range(count)]
    return {date_format(day, "j M Y"): found.get(day, Decimal(0)) for day in days}


def _month_sums(period: Period, found: dict[date, Decimal]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    month = period.first.replace(day=1)
    while month <= period.last:
        sums[date_format(month, "M Y")] = Decimal(0)
        month = _months_before(month, -1)
    for day, amount in found.items():
        sums[date_format(day, "M Y")] += amount
    return sums


def _bars(
    sums: dict[str, Decimal], highest: Decimal, lowest: Decimal, currency: str
) -> tuple[list[Bar], float]:
    """Return the bars and where the line of zero is."""
    scale = _HEIGHT / float(highest - lowest or 1)
    zero, step = float(highest) * scale, _WIDTH / len(sums)
    bars = [
        Bar(
            x=round(number * step, 1),
            y=round(zero - max(float(amount), 0) * scale, 1),
            width=round(max(step - _GAP, 1), 1),
            height=round(abs(float(amount)) * scale, 1),
            label=f"{name}: {format_money(amount, currency)}",
        )
        for number, (name, amount) in enumerate(sums.items())
    ]
    return bars, round(zero, 1)


class PayoutsForm(forms.Form):
    """Stripe's file."""

    file = forms.FileField(label="CSV file", widget=UnfoldAdminFileFieldWidget())

    def clean_file(self) -> Any:
        """Refuse a file that is too large before any of it is read."""
        file = self.cleaned_data["file"]
        if file.size > LIMITS.bytes:
            raise ValidationError(f"The file is larger than {LIMITS.bytes // 1024**2} MB.")
        return file


@_for_books
@require_http_methods(["GET", "POST"])
def payouts(request: HttpRequest) -> HttpResponse:
    """Compare a file of Stripe's with the books; nothing is kept of it, and nothing changed."""
    is_sent = request.method == "POST"
    form = PayoutsForm(request.POST, request.FILES) if is_sent else PayoutsForm()
    context: dict[str, Any] = {"most": _MAX_DIFFERENCES}
    if form.is_valid():
        try:
            context["found"] = compare(form.cleaned_data["file"].read())
        except PayoutsRefused as refused:
            context["problems"] = refused.problems
    return _page(request, "payouts", "Payouts", form, context)
