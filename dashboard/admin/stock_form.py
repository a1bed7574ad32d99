"""The form by which a person sets a stock: quantity, reason, and what they saw before."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from dashboard.models import StockItem
from plugins.inventory.errors import StockRefused
from plugins.inventory.reasons import BY_HAND
from plugins.inventory.services import lock_stock


class StockForm(forms.ModelForm):
    """A new stock, or a new quantity of one. It checks; the service writes."""

    reason = forms.ChoiceField(
        choices=[("", "Why does it change?"), *BY_HAND],
        widget=UnfoldAdminSelectWidget(),
    )
    note = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Such as the delivery's number, or who counted. No customers' names.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = StockItem
        fields = ("product_variant", "warehouse", "quantity")
        labels = {"product_variant": "Variant", "quantity": "On hand"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.quantity if self.instance.pk else 0

    def clean(self) -> dict[str, Any]:
        """Check the change under the row's lock, which holds until the admin has saved."""
        data = super().clean() or self.cleaned_data
        if self.instance.pk and "quantity" in data:
            self._check(seen=data.get("seen"), wanted=data["quantity"])
        return data

    def _check(self, *, seen: int | None, wanted: int) -> None:
        try:
            lock_stock(stock_id=self.instance.pk, seen=-1 if seen is None else seen, wanted=wanted)
        except StockRefused as refused:
            self.add_error("quantity", refused.message)
