"""The base of all lists and forms of the dashboard, and how they print amounts and times."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import DateField, DecimalField, EmailField, Field, Model, QuerySet, TextField
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django_countries.fields import CountryField
from prices import Money
from saleor.product.models import ProductVariant
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from dashboard.admin import requests
from dashboard.admin.changes import LinesField, LogsValues, SavesOnlyChanges, TellsOfOtherEdits
from dashboard.admin.requests import (
    DeclaredChangeList,
    PossibleIds,
    PossiblePages,
    PossibleSelect,
    PossibleSelectMultiple,
)
from dashboard.admin.saved_views import SavedViews
from dashboard.forms import AmountField
from dashboard.models import AccessKind
from dashboard.selectors.catalogue import variant_in_words
from dashboard.services.personal_data import record_access
from dashboard.services.publishing import PublishRefused
from plugins.ordering.submitted_forms import new_token
from product_content import money
from product_content.parsing import EmailAddressField, normal_email, validate_near_date


def format_money(amount: Decimal | None, currency: str) -> str:
    """Return an amount with its currency sign, or a dash when there is none."""
    return "-" if amount is None else money.format_money(Money(amount, currency))


def format_day(day: date) -> str:
    """Return a day as staff read it."""
    return date_format(day, "j M Y")


def format_time(moment: datetime | None) -> str:
    """Return a time in the shop's time zone, on the 24-hour clock, or a dash."""
    return date_format(timezone.localtime(moment), "j M Y, H:i") if moment else "-"


class SaleorPermission:
    """Derives Django's four permissions of an area from one of Saleor's permissions.

    `can_add`, `can_change` and `can_remove` switch an action off for everybody. Deleting is off
    unless a class says otherwise: other rows of Saleor, such as old orders, refer to them.
    """

    required_permission: str
    can_add = True
    can_change = True
    can_remove = False

    def is_permitted(self, request: HttpRequest) -> bool:
        """Say whether the person has this area's permission."""
        user: Any = request.user
        return bool(user.is_active and user.is_staff and user.has_perm(self.required_permission))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether the area is listed in the sidebar."""
        return self.is_permitted(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may view it."""
        return self.is_permitted(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may add one."""
        return self.can_add and self.is_permitted(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may change it."""
        return self.can_change and self.is_permitted(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may delete it."""
        return self.can_remove and self.is_permitted(request)


_LABELS = {
    "email": "E-mail",
    "sku": "SKU",
    "slug": "End of the page's address",
    "seo_title": "Title in search engines",
    "seo_description": "Text in search engines",
    "price_override_amount": "Price, if not the product's",
    "track_inventory": "Count the stock",
    "charge_taxes": "VAT is charged",
    "publication_date": "Shown from",
}
# Our own amounts, whose columns have as many decimals as any currency needs. What is paid at
# Stripe has the decimals that it takes; a supplier may ask for thousandths of a dinar.
_DECIMALS: Mapping[str, Callable[[str], int]] = {
    "gift_minimum": money.decimals,
    "gift_maximum": money.decimals,
    "cost_value": money.written_decimals,
}


class SaleorFields:
    """Form fields for Saleor's columns that Unfold alone gets wrong."""

    admin_site: Any

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        """Return the form's field; amounts start at zero and leave "amount" out of their name.

        E-mail addresses are read in their one form before they are checked. What Saleor and
        Django name for developers has the words of `_LABELS`, unless a form has its own.
        """
        if db_field.name in _LABELS:
            kwargs.setdefault("label", _LABELS[db_field.name])
        if isinstance(db_field, EmailField):
            kwargs["form_class"] = EmailAddressField
        if isinstance(db_field, TextField) and not db_field.choices:
            kwargs.setdefault("form_class", LinesField)
        if isinstance(db_field, DateField):  # those with a time are among them
            kwargs["validators"] = [validate_near_date]
        if isinstance(db_field, DecimalField):
            kwargs.setdefault("form_class", AmountField)
            kwargs.setdefault("min_value", 0)
            kwargs.setdefault("label", capfirst(db_field.verbose_name.removesuffix(" amount")))
            if rule := _DECIMALS.get(db_field.name):
                kwargs["decimal_places"] = rule(settings.DEFAULT_CURRENCY)
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form's field; suggestions survive an id that no row can have."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", PossibleSelect(db_field, self.admin_site))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and db_field.related_model is ProductVariant:
            field.queryset = field.queryset.select_related("product")
            field.label_from_instance = variant_in_words
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form's field; suggestions survive an id that no row can have."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", PossibleSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_choice_field(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return the form's field; several countries need a widget that can hold several."""
        if isinstance(db_field, CountryField) and db_field.multiple:
            kwargs["widget"] = UnfoldAdminSelect2MultipleWidget()
            kwargs["choices"] = list(db_field.countries)
        return super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]


class AddedOnce:
    """A form for a new row that is sent twice, by a double click, adds one row."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add a row, unless this very form has added it before."""
        context = {**(extra_context or {}), "form_token": new_token()}
        with transaction.atomic():
            if request.method == "POST" and not requests.claim(request):
                messages.info(request, "This was added already, when you sent the form first.")
                opts = self.opts  # type: ignore[attr-defined]
                return redirect(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            response: HttpResponse = super().add_view(request, form_url, context)  # type: ignore[misc]
            if request.method == "POST" and response.status_code != HTTPStatus.FOUND:
                requests.release(request)
        return response


MAX_COUNTED = 10_000  # rows of a list; of more, the number is PostgreSQL's estimate


class EstimatingPaginator(Paginator):
    """Counts what a list finds up to `MAX_COUNTED` rows, so that no table is counted as a whole.

    The estimate is the planner's, from the statistics that autovacuum keeps. Of a page the keys are
    looked up first: beside a limit the planner does not see how few rows there are, and reads whole
    tables for what is computed of each.
    """

    def page(self, number: Any) -> Page:
        """Return a page; its rows are computed for themselves."""
        page = super().page(number)
        if isinstance(page.object_list, QuerySet):
            rows: Any = self.object_list
            page.object_list = rows.filter(
                pk__in=list(page.object_list.values_list("pk", flat=True))
            )
        return page

    @cached_property
    def count(self) -> int:
        """How many rows there are; an estimate above `MAX_COUNTED`."""
        found: Any = self.object_list
        if not isinstance(found, QuerySet):
            return len(found)
        unordered = found.order_by().values("pk")  # so that nothing is computed for each row
        exact = unordered[: MAX_COUNTED + 1].count()
        return exact if exact <= MAX_COUNTED else max(exact, _estimate(unordered))


def _estimate(rows: QuerySet[Any]) -> int:
    (plan,) = json.loads(rows.explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


class SaleorModelAdmin(
    AddedOnce,
    LogsValues,
    SavesOnlyChanges,
    TellsOfOtherEdits,
    SavedViews,
    PossibleIds,
    SaleorPermission,
    SaleorFields,
    ModelAdmin,
):
    """An area of the dashboard. Forms name their fields: Saleor's money, weight and JSON columns
    have no form fields that the admin could use.
    """

    change_form_before_template = "dashboard/form_token.html"
    list_per_page = 50
    show_full_result_count = False  # counting a whole table on each search is slow
    paginator: Any = EstimatingPaginator
    list_filter_submit = False
    compressed_fields = True
    warn_unsaved_form = True
    view_on_site: Callable[[Any], str | None] | bool = False  # Saleor's addresses are not ours
    empty_help = ""  # the text of an empty list, in place of "nothing here yet"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeclaredChangeList]:
        """Return the class of the list, which takes the declared filters and nothing else."""
        return DeclaredChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Name the page after what it lists; Django says "Select order to view"."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Name the page after its row; Django says "Change voucher"."""
        if original := context.get("original"):
            context |= {"title": self.title_of(original), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Find e-mail addresses in whatever spelling they are typed or copied."""
        if any(field.endswith("email") for field in self.get_search_fields(request)):
            search_term = " ".join(map(normal_email, search_term.split()))
        return super().get_search_results(request, queryset, search_term)

    def title_of(self, obj: Any) -> str:
        """Return what staff call this row, for the top of its page."""
        return str(obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse before the row is looked up, as the other pages do."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


class ReadOnly:
    """Shown, never changed: mix in before one of the classes of this module."""

    can_add = False
    can_change = False
    can_remove = False


class ReadOnlyModelAdmin(ReadOnly, SaleorModelAdmin):
    """An area whose rows are shown and never changed by a form."""


class OneRowAdmin(SaleorModelAdmin):
    """Settings of which there is one row: opening the section opens it."""

    can_add = False

    def the_row(self) -> Model:
        """Return the row; it is made the first time."""
        row: Model = self.model._default_manager.get_or_create(pk=1)[0]
        return row

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the row at once."""
        if not self.has_change_permission(request):
            return super().changelist_view(request, extra_context)
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return redirect(page, self.the_row().pk)


class AuditedAdmin:
    """Mixed into an admin class: every page of one row that is shown goes into the access log."""

    access_kind: AccessKind

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row, and record that this person saw it."""
        response = super().change_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        seen = response.status_code == HTTPStatus.OK
        if seen and (subject := self.access_subject(request, object_id)):
            record_access(actor=request.user, kind=self.access_kind, subject_id=subject)
        return response

    def access_subject(self, request: HttpRequest, object_id: str) -> int | None:
        """Return the id that the log names, None where there is nothing personal to log."""
        return int(object_id)


class SaleorTabularInline(SaleorPermission, SaleorFields, TabularInline):
    """Rows of a related table inside an area's form."""

    formset = PossiblePages
    extra = 0


class SaleorStackedInline(SaleorPermission, SaleorFields, StackedInline):
    """A related form inside an area's form."""

    formset = PossiblePages
    extra = 0


def try_to_publish(request: HttpRequest, publish: Callable[[], None], *, called: str) -> None:
    """Publish what staff know as `called`, or say why it stays hidden."""
    try:
        publish()
    except PublishRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"{called} is shown to customers.")
