"""The forms of stock documents: one SKU a line, as a scanner types it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Warehouse
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)


def _warehouse_field(label: str) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Warehouse.objects.order_by("name"), label=label, widget=UnfoldAdminSelectWidget()
    )


def _note_field(label: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text="No customers' names.",
    )


class StockDocumentForm(forms.Form):
    """The warehouse of a document. `key` makes a form that is posted twice count once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    warehouse = _warehouse_field("Where")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4())
        warehouses = list(Warehouse.objects.values_list("pk", flat=True)[:2])
        if len(warehouses) == 1:
            self.initial.setdefault("warehouse", warehouses[0])


class ScanForm(StockDocumentForm):
    """A document that goods are scanned onto."""

    scans = forms.CharField(
        label="Scan, or type a SKU and how many",
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 8, "autofocus": True, "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text="One a line. “SW-ONE-3” is one piece, “SW-ONE-3 12” are twelve. "
        "The same code again adds up.",
    )


class ReceiptForm(ScanForm):
    """A delivery."""

    note = _note_field("Delivery note or supplier's number")


class PurchaseReceiptForm(ReceiptForm):
    """Goods that came in on a purchase order; `expected` pieces had come in when it was shown."""

    warehouse: Any = None  # leaves the field out
    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    keep_more = forms.BooleanField(
        label="Keep what is more than was ordered",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )


class CountForm(ScanForm):
    """A count."""

    note = _note_field("What was counted, such as the shelf", required=False)


class TransferForm(ScanForm):
    """From one warehouse to another."""

    target = _warehouse_field("To")
    note = _note_field("Note", required=False)


class WriteOffForm(ScanForm):
    """Goods that are set aside or written off."""

    note = _note_field("What is wrong with them")


class KitForm(StockDocumentForm):
    """Sets that are packed from singles, or broken up."""

    direction = forms.ChoiceField(
        label="What happens",
        choices=[("make", "Assemble sets from singles"), ("break", "Break sets up into singles")],
        initial="make",
        widget=UnfoldAdminRadioSelectWidget(),
    )
    variant = forms.ModelChoiceField(
        ProductVariant.objects.filter(product__set_sizes__isnull=False)
        .select_related("product")
        .distinct()
        .order_by("sku"),
        label="Set",
        widget=UnfoldAdminSelectWidget(),
    )
    kits = forms.IntegerField(
        label="How many sets",
        min_value=1,
        max_value=1000,
        initial=1,
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    note = _note_field("Note", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["variant"]
        field.label_from_instance = lambda variant: f"{variant.sku}, {variant.product.name}"
