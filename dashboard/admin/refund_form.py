"""The form by which a person gives money back. It checks what was typed; the service decides."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from prices import Money
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from dashboard.admin.order_page import SeenForm
from dashboard.admin.show import show_money
from dashboard.selectors.refunds import RefundableLine

FULL, AMOUNT, LINES = "full", "amount", "lines"
_KINDS = ((FULL, "All that is left"), (AMOUNT, "An amount"), (LINES, "Pieces"))


class RefundForm(SeenForm):
    """All that is left, an amount, or pieces of lines; always with a reason.

    `currency` is the payment's. How much may go back is not checked here but under the order's
    lock, and a form that is sent twice must reach the service twice: only there its `key` is
    known.
    """

    key = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4)
    kind = forms.ChoiceField(
        label="What to refund", choices=_KINDS, widget=UnfoldAdminRadioSelectWidget()
    )
    amount = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(),
    )
    reason = forms.CharField(
        max_length=255,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Kept in the order's time line. Nothing about anybody's health, please.",
    )
    restock = forms.BooleanField(
        label="Put the pieces back into stock",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="Only if they can be sold again. With all that is left: every piece.",
    )

    def __init__(self, data: Any, *, lines: list[RefundableLine], currency: str, seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        self.currency = currency
        self.fields["amount"].label = f"Amount in {currency}"
        self._line_fields = {f"line_{line.line_id}": line.line_id for line in lines}
        for line in lines:
            self.fields[f"line_{line.line_id}"] = _line_field(line)

    @property
    def pieces(self) -> list[forms.BoundField]:
        """The fields of the lines, in the order's order."""
        return [self[name] for name in self._line_fields]

    def wanted(self) -> dict[str, Any]:
        """Return what `ask_refund` is to be asked, but for the order and who asks."""
        data = self.cleaned_data
        amount = data.get("amount")
        return {
            "amount": None if amount is None else Money(amount, self.currency),
            "lines": self._lines(),
            "reason": data["reason"],
            "restock": data["restock"],
            "seen": data["seen"] or None,
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a form that says two things: money is not given back on a guess."""
        data = super().clean() or self.cleaned_data
        kind, has_lines = data.get("kind"), bool(self._lines())
        self._check_amount(kind, given=data.get("amount") is not None)
        if kind == LINES and not has_lines:
            self.add_error("kind", "Say how many pieces of which line.")
        if kind in {FULL, AMOUNT} and has_lines:
            self.add_error("kind", "You also named pieces: choose Pieces, or leave them empty.")
        if kind == AMOUNT and data.get("restock"):
            self.add_error("restock", "An amount moves no pieces: choose All or Pieces.")
        return data

    def _check_amount(self, kind: str | None, *, given: bool) -> None:
        if kind == AMOUNT and not given:
            if "amount" not in self.errors:
                self.add_error("amount", "Say how much.")
        elif kind in {FULL, LINES} and given:
            self.add_error("kind", "You also typed an amount: choose An amount, or empty it.")

    def _lines(self) -> dict[int, int]:
        pieces = {line: self.cleaned_data.get(name) for name, line in self._line_fields.items()}
        return {line: quantity for line, quantity in pieces.items() if quantity}


def _line_field(line: RefundableLine) -> forms.IntegerField:
    each = show_money(line.each.amount, line.each.currency)
    return forms.IntegerField(
        label=line.name,
        required=False,
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=f"{line.left} of {line.ordered} not refunded yet, {each} each before discounts.",
    )
