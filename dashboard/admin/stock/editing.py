"""Set quantities and reorder points, on a stock's page or in the table, always with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from dashboard.models import StockItem
from dashboard.services.stock import set_stock
from plugins.inventory.alerts import set_reorder_points
from plugins.inventory.models import MANUAL_REASONS, StockReason
from plugins.inventory.policies import StockRefused
from plugins.inventory.quantities import lock_stock, lock_stocks
from product_content.parsing import parse_id, parse_ids


class StockForm(forms.ModelForm):
    """A new stock, or a new quantity of one. It checks; the service writes."""

    reason = forms.ChoiceField(
        choices=[("", "Why does it change?"), *MANUAL_REASONS],
        widget=UnfoldAdminSelectWidget(),
    )
    note = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Such as the delivery's number, or who counted. No customers' names.",
    )
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = StockItem
        fields = ("product_variant", "warehouse", "quantity")
        labels = {"product_variant": "Variant", "quantity": "On hand"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expected"].initial = self.instance.quantity if self.instance.pk else 0

    def clean(self) -> dict[str, Any]:
        """Check the change under the row's lock, which holds until the admin has saved."""
        data = super().clean() or self.cleaned_data
        if self.instance.pk and "quantity" in data:
            self._check(expected=data.get("expected"), wanted=data["quantity"])
        return data

    def _check(self, *, expected: int | None, wanted: int) -> None:
        try:
            lock_stock(
                stock_id=self.instance.pk,
                expected=-1 if expected is None else expected,
                wanted=wanted,
            )
        except StockRefused as refused:
            self.add_error("quantity", refused.message)


_NARROW_WIDGET = {"class": "w-24"}


def _pieces_field(label: str, *, required: bool) -> forms.IntegerField:
    # The hidden initial value is what the page showed: if it has changed since, it is refused.
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=0,
        max_value=1_000_000,
        show_hidden_initial=True,
        widget=UnfoldAdminIntegerFieldWidget(attrs=_NARROW_WIDGET),
    )


class StockRowForm(forms.ModelForm):
    """One row of the table. The reason is asked once, below all rows."""

    quantity = _pieces_field("On hand", required=True)
    reorder_point = _pieces_field("Reorder point", required=False)

    class Meta:
        model = StockItem
        fields = ("quantity",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point = getattr(self.instance, "reorder_point", None)
        self.initial["reorder_point"] = point.pieces if point else None
        low_at = getattr(self.instance, "low_at", -1)
        self.fields["reorder_point"].widget.attrs["placeholder"] = low_at if low_at >= 0 else ""

    @property
    def expected(self) -> int:
        """The quantity that the page was shown with; -1 if the form does not say."""
        sent = parse_id(self.data.get(self.add_initial_prefix("quantity"), ""))
        return -1 if sent is None else sent

    def clean(self) -> dict[str, Any]:
        """Check a changed quantity under the row's lock, which holds until all is saved."""
        data = super().clean() or self.cleaned_data
        if "quantity" not in self.changed_data or "quantity" not in data:
            return data
        if not StockReasonForm(self.data).is_valid():
            self.add_error("quantity", "Say below why it changes.")
            return data
        try:
            lock_stock(stock_id=self.instance.pk, expected=self.expected, wanted=data["quantity"])
        except StockRefused as refused:
            self.add_error("quantity", refused.message)
        return data


class StockReasonForm(forms.Form):
    """Why the quantities change; the attribute `form` ties the fields to the table's form."""

    reason = forms.ChoiceField(
        label="Why do quantities change?",
        choices=[("", "Choose a reason"), *MANUAL_REASONS],
        widget=UnfoldAdminSelectWidget(attrs={"form": "changelist-form"}),
    )
    note = forms.CharField(
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"form": "changelist-form"}),
        help_text="Such as the delivery's number. No customers' names.",
    )


class EditableStockRows:
    """Mixed into `StockAdmin`: the table is a form."""

    list_editable = ("quantity",)
    list_after_template = "dashboard/stock_reason.html"

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[StockRowForm]:
        """Return the form of a row."""
        return StockRowForm

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the table, or save it as one: all rows, or none."""
        is_saving = request.method == "POST" and "_save" in request.POST
        reason = StockReasonForm(request.POST if is_saving else None)
        context = {**(extra_context or {}), "reason_form": reason}
        with transaction.atomic():
            if is_saving:
                lock_stocks(pk__in=_row_ids(request))  # by pk, so that two savers never deadlock
            return super().changelist_view(request, context)  # type: ignore[misc]

    def is_row(self, form: Any) -> bool:
        """Say whether a form is a row of the table."""
        return isinstance(form, StockRowForm)

    def save_row(self, request: HttpRequest, form: StockRowForm) -> None:
        """Write what was changed in a row."""
        data, stock_id = form.cleaned_data, form.instance.pk
        if "quantity" in form.changed_data:
            set_stock(
                stock_id=stock_id,
                expected=form.expected,
                wanted=data["quantity"],
                actor=request.user,
                reason=StockReason(request.POST["reason"]),
                note=request.POST.get("note", ""),
            )
        if "reorder_point" in form.changed_data:
            set_reorder_points({stock_id: data["reorder_point"]})


def _row_ids(request: HttpRequest) -> list[int]:
    names = [name for name in request.POST if name.startswith("form-") and name.endswith("-id")]
    return parse_ids(request.POST[name] for name in names)
