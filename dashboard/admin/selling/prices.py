"""Changes of many prices, with a preview, and sales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from saleor.discount import DiscountValueType
from saleor.discount.models import Sale
from saleor.product.models import Category
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from dashboard.admin.base import (
    ReadOnly,
    ReadOnlyModelAdmin,
    SaleorModelAdmin,
    SaleorTabularInline,
    format_money,
    format_time,
)
from dashboard.site import staff_site
from product_content.models import PriceChange, PriceChangeLine, PriceChangeState
from product_content.parsing import validate_near_date
from product_content.price_changes import (
    ROUNDINGS,
    NewPrice,
    PricesRefused,
    cancel_change,
    digest_of,
    listed_prices,
    percent_prices,
    plan_change,
    undo_change,
)
from product_content.tables import USUAL, TableRefused, read_csv

PERMISSION = "discount.manage_discounts"
_MAX_SHOWN = 300  # prices of a preview
_MAX_PERCENT = 100


class PriceChangeForm(forms.Form):
    """A share, or a list of SKUs with their new prices, and from when on."""

    percent = forms.DecimalField(
        label="Change all prices by, in per cent",
        required=False,
        min_value=-_MAX_PERCENT + 1,
        max_value=_MAX_PERCENT,
        decimal_places=2,
        max_digits=5,
        widget=UnfoldAdminDecimalFieldWidget(),
        help_text="5 makes them dearer, -5 cheaper. Leave it empty for a list.",
    )
    category = forms.ModelChoiceField(
        Category.objects.order_by("name"),
        required=False,
        empty_label="All products",
        label="Of which products",
        widget=UnfoldAdminSelectWidget(),
    )
    rounding = forms.ChoiceField(
        label="Rounding",
        choices=[(key, name) for key, (name, _below) in ROUNDINGS.items()],
        widget=UnfoldAdminSelectWidget(),
    )
    file = forms.FileField(
        label="Or a CSV file with the columns sku and price",
        required=False,
        widget=UnfoldAdminFileFieldWidget(),
    )
    prices = forms.CharField(
        label="Or such a list",
        required=False,
        max_length=USUAL.bytes,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="One price a line, as in “ONE-3;12.50”, below a line “sku;price”.",
    )
    starts_at = forms.DateTimeField(
        label="From when on",
        required=False,
        validators=[validate_near_date],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text="In the shop’s time zone. Empty: at once.",
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before any of it is read."""
        file = self.cleaned_data["file"]
        if file and file.size > USUAL.bytes:
            raise ValidationError(f"The file is larger than {USUAL.bytes // 1024**2} MB.")
        return file

    def clean(self) -> dict[str, Any]:
        """Put the file's text into the list, and refuse none or two ways at once."""
        data = super().clean() or self.cleaned_data
        if file := data.get("file"):
            data["prices"] = file.read().decode("utf-8-sig", "replace")
        if (data.get("percent") is not None) == bool(data.get("prices", "").strip()):
            raise ValidationError("Write a percentage, or bring a list: one of them.")
        return data

    def wanted(self) -> list[NewPrice]:
        """Return what would change. Raises PricesRefused, TableRefused."""
        data = self.cleaned_data
        if data["percent"] is not None:
            category = data["category"]
            return percent_prices(
                percent=data["percent"],
                rounding=data["rounding"],
                category_id=category and category.pk,
            )
        return listed_prices(_rows(data["prices"]))

    @property
    def words(self) -> str:
        """What is asked for, as a change is described."""
        data = self.cleaned_data
        if data["percent"] is None:
            return "From a list"
        of = data["category"] or "all products"
        return f"{data['percent']:+f} %, {of}. {ROUNDINGS[data['rounding']][0]}"


def _rows(text: str) -> list[tuple[int, str, str]]:
    table = read_csv(text.encode())
    missing = [name for name in ("sku", "price") if name not in table.headings]
    if missing:
        raise PricesRefused(f"Row 1, {missing[0]}: this column is missing.")
    sku, price = table.headings.index("sku"), table.headings.index("price")
    rows = zip(table.numbers, table.rows, strict=True)
    return [(number, row[sku], row[price]) for number, row in rows]


class PriceLineInline(ReadOnly, SaleorTabularInline):
    """The prices of a change."""

    required_permission = PERMISSION
    model = PriceChangeLine
    verbose_name_plural = "Prices"
    fields = readonly_fields = ("product", "variant", "before", "after", "left_alone")
    hide_title = True
    per_page = 100

    @display(description="Before")
    def before(self, line: PriceChangeLine) -> str:
        """Return the price before."""
        return _own(line.old_value, line)

    @display(description="After")
    def after(self, line: PriceChangeLine) -> str:
        """Return the price after."""
        return _own(line.new_value, line)

    @display(description="Left alone")
    def left_alone(self, line: PriceChangeLine) -> str:
        """Say whether it was not applied."""
        return "Somebody changed it meanwhile" if line.skipped else "-"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the lines with their goods."""
        return super().get_queryset(request).select_related("product", "variant__product")


def _own(amount: Decimal | None, line: PriceChangeLine) -> str:
    return "the product’s" if amount is None else format_money(amount, line.product.currency)


_COLOURS = {
    PriceChangeState.PLANNED: "warning",
    PriceChangeState.APPLIED: "success",
    PriceChangeState.CANCELLED: "",
}


@admin.register(PriceChange, site=staff_site)
class PriceChangeAdmin(ReadOnlyModelAdmin):
    """Changes of many prices at once."""

    required_permission = PERMISSION
    list_display = ("title", "description", "begins", "how_far")
    list_before_template = "dashboard/price_change_list_links.html"
    change_form_outer_before_template = "dashboard/price_change_links.html"
    fields = readonly_fields = ("description", "begins", "state_in_words", "undoes", "done")
    inlines = (PriceLineInline,)
    empty_help = "No prices were changed together yet."

    def get_urls(self) -> list[Any]:
        """Add planning, undoing and cancelling."""
        pages = (
            ("plan/", self.plan_view, "plan"),
            ("<path:object_id>/undo/", self.undo_view, "undo"),
            ("<path:object_id>/cancel/", self.cancel_view, "cancel"),
        )
        own = [
            path(place, staff_site.admin_view(view), name=f"product_content_pricechange_{name}")
            for place, view, name in pages
        ]
        return [*map(self._guarded, own), *super().get_urls()]

    def plan_view(self, request: HttpRequest) -> HttpResponseBase:
        """Preview a change, and plan what was shown."""
        if not self.is_permitted(request):
            return staff_site.refused(request)
        is_sent = request.method == "POST"
        form = PriceChangeForm(request.POST, request.FILES) if is_sent else PriceChangeForm()
        prices: list[NewPrice] = []
        problems: Sequence[str] = ()
        if form.is_valid():
            try:
                prices = form.wanted()
                if "plan" in request.POST:
                    return self._plan(request, form, prices)
                problems = () if prices else ("No price would change.",)
            except PricesRefused as refused:
                problems = refused.problems
            except TableRefused as refused:
                problems = (str(refused),)
        return self._plan_page(request, form, prices, problems)

    def _plan(
        self, request: HttpRequest, form: PriceChangeForm, prices: list[NewPrice]
    ) -> HttpResponseBase:
        change = plan_change(
            prices=prices,
            shown=request.POST.get("shown", ""),
            starts_at=form.cleaned_data["starts_at"] or timezone.now(),
            description=form.words,
        )
        self.log_addition(request, change, f"Planned: {form.words}, {len(prices)} prices.")
        messages.success(request, f"{change} is planned: {len(prices)} prices.")
        return redirect("admin:product_content_pricechange_change", change.pk)

    def _plan_page(
        self,
        request: HttpRequest,
        form: PriceChangeForm,
        prices: list[NewPrice],
        problems: Sequence[str],
    ) -> HttpResponseBase:
        if form.is_bound and form.is_valid() and form.cleaned_data["prices"]:
            # A file is sent once: its text stands in the list now.
            form.data = request.POST.dict() | {"prices": form.cleaned_data["prices"]}
        context = {
            **staff_site.each_context(request),
            "title": "Change prices",
            "opts": self.opts,
            "form": form,
            "problems": problems,
            "shown": digest_of(prices),
            "count": len(prices),
            "prices": [_shown(one) for one in prices[:_MAX_SHOWN]],
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(request, "dashboard/price_change.html", context, status=status)

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Plan, for now, the change that takes this one back."""
        return self._step(request, object_id, undo_change, "is planned for now.")

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Take back what has not begun."""
        return self._step(request, object_id, cancel_change, "is cancelled.")

    def _step(
        self, request: HttpRequest, object_id: str, step: Callable[..., PriceChange], said: str
    ) -> HttpResponseBase:
        if not self.is_permitted(request):
            return staff_site.refused(request)
        if request.method != "POST" or not PriceChange.objects.filter(pk=object_id).exists():
            return redirect("admin:product_content_pricechange_changelist")
        try:
            change = step(change_id=int(object_id))
        except PricesRefused as refused:
            messages.error(request, str(refused))
            return redirect("admin:product_content_pricechange_change", object_id)
        self.log_change(request, change, f"{change} {said}")
        messages.success(request, f"{change} {said}")
        return redirect("admin:product_content_pricechange_change", change.pk)

    @display(description="Change", ordering="pk")
    def title(self, change: PriceChange) -> str:
        """Return what it is called."""
        return str(change)

    @display(description="From", ordering="starts_at")
    def begins(self, change: PriceChange) -> str:
        """Return from when on."""
        return format_time(change.starts_at)

    @display(description="Done", ordering="applied_at")
    def done(self, change: PriceChange) -> str:
        """Return when it was applied."""
        return format_time(change.applied_at)

    @display(description="State")
    def state_in_words(self, change: PriceChange) -> str:
        """Return how far it is, on its page."""
        return str(change.get_state_display())

    @display(description="State", ordering="state", label=_COLOURS)
    def how_far(self, change: PriceChange) -> tuple[str, str]:
        """Return how far it is."""
        return change.state, change.get_state_display()


def _shown(one: NewPrice) -> tuple[str, str, str]:
    old, new = (
        "the product’s" if amount is None else format_money(amount, one.currency)
        for amount in (one.old, one.new)
    )
    return one.name, old, new


class SaleForm(forms.ModelForm):
    """The form of a sale; it refuses one that takes nothing off, or off nothing."""

    def clean_value(self) -> Decimal:
        """Refuse a sale that takes nothing off."""
        value: Decimal = self.cleaned_data["value"]
        if value <= 0:
            raise ValidationError("Nothing would be taken off.")
        return value

    def clean(self) -> dict[str, Any]:
        """Refuse more than all, no goods, and an end before the beginning."""
        data = super().clean() or self.cleaned_data
        share = data.get("type") == DiscountValueType.PERCENTAGE
        if share and data.get("value", 0) >= _MAX_PERCENT:
            self.add_error("value", "Less than 100 % can be taken off.")
        if not any(data.get(field) for field in ("products", "categories", "collections")):
            self.add_error("products", "Choose what is on sale: products, categories, collections.")
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end <= start:
            self.add_error("end_date", "It would end before it begins.")
        return data


@admin.register(Sale, site=staff_site)
class SaleAdmin(SaleorModelAdmin):
    """Lower prices for a while; the price before is shown crossed out."""

    form = SaleForm
    required_permission = PERMISSION
    can_remove = True
    list_display = ("name", "off", "begins", "ends")
    search_fields = ("name",)
    autocomplete_fields = ("products",)
    fields = (
        "name", ("type", "value"), "products", ("categories", "collections"),
        "start_date", "end_date",
    )  # fmt: skip

    @display(description="Takes off", ordering="value")
    def off(self, sale: Sale) -> str:
        """Return the discount as an amount or as a share."""
        figure = f"{sale.value.normalize():f}"
        return f"{figure} %" if sale.type == DiscountValueType.PERCENTAGE else figure

    @display(description="Begins", ordering="start_date")
    def begins(self, sale: Sale) -> str:
        """Return from when it holds."""
        return format_time(sale.start_date)

    @display(description="Ends", ordering="end_date")
    def ends(self, sale: Sale) -> str:
        """Return until when it holds, or a dash."""
        return format_time(sale.end_date)
