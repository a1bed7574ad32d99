"""The page of an order on which staff refund it: what is left to refund, the form, the page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Sum
from django.http import HttpRequest
from prices import Money
from saleor.order.models import Order
from saleor.payment import TransactionKind
from saleor.payment.models import Transaction
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from dashboard.admin.formatting import format_money
from dashboard.admin.orders.page import OrderPage, VersionedForm
from plugins.ordering.models import Refund, RefundStatus
from plugins.ordering.pieces import refunded_pieces
from plugins.ordering.refunds import refunds_version, request_refund


@dataclass(frozen=True)
class RefundableLine:
    """A line of an order, with the pieces that are `left` to refund."""

    line_id: int
    name: str
    ordered: int
    left: int
    each: Money


def left_to_refund(order_id: int) -> Money | None:
    """Return the most that can go back now, or None if nothing can; two queries.

    A refund is of one payment, so with several it is what the fullest one holds: the same that
    `request_refund` chooses.
    """
    taken = Transaction.objects.filter(
        payment__order_id=order_id, kind=TransactionKind.CAPTURE, is_success=True
    )
    gone = _refunded_by_payment(order_id)
    left = [
        Money(amount - gone[payment], currency)
        for payment, currency, amount in taken.order_by("payment_id")
        .values_list("payment_id", "currency")
        .annotate(amount=Sum("amount"))
    ]
    largest = max(left, key=lambda money: money.amount, default=None)
    return largest if largest is not None and largest.amount > 0 else None


def refundable_lines(order: Order) -> list[RefundableLine]:
    """Return all lines of the order; of some nothing may be left."""
    refunded = refunded_pieces(order)
    return [
        RefundableLine(
            line_id=line.pk,
            name=f"{line} ({line.product_sku})",
            ordered=line.quantity,
            left=line.quantity - refunded[line.pk],
            each=Money(line.unit_price_gross_amount, line.currency),
        )
        for line in order.lines.order_by("pk")
    ]


def _refunded_by_payment(order_id: int) -> dict[int, Decimal]:
    refunds = Refund.objects.filter(order_id=order_id).exclude(state=RefundStatus.FAILED)
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for payment, amount in refunds.order_by().values_list("payment_id", "amount_value"):
        sums[payment] += amount
    return sums


FULL, AMOUNT, LINES = "full", "amount", "lines"
_KINDS = ((FULL, "All that is left"), (AMOUNT, "An amount"), (LINES, "Pieces"))


class RefundForm(VersionedForm):
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

    def __init__(
        self, data: Any, *, lines: list[RefundableLine], currency: str, expected_version: str
    ) -> None:
        super().__init__(data, initial={"expected_version": expected_version})
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
        """Return the arguments of `request_refund`, but for the order, the key and the actor."""
        data = self.cleaned_data
        amount = data.get("amount")
        return {
            "amount": None if amount is None else Money(amount, self.currency),
            "lines": self._lines(),
            "reason": data["reason"],
            "restock": data["restock"],
            "expected_version": data["expected_version"] or None,
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a form that contradicts itself: what to refund must be unambiguous."""
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
    each = format_money(line.each.amount, line.each.currency)
    return forms.IntegerField(
        label=line.name,
        required=False,
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=f"{line.left} of {line.ordered} not refunded yet, {each} each before discounts.",
    )


def _form(data: Any, order: Order) -> RefundForm:
    left = left_to_refund(order.pk)
    return RefundForm(
        data,
        lines=refundable_lines(order),
        currency=left.currency if left else order.currency,
        expected_version=refunds_version(order.pk),
    )


def _request_refund(request: HttpRequest, order: Order, form: RefundForm) -> str:
    outcome = request_refund(
        order_id=order.pk,
        key=f"staff-{order.pk}-{form.cleaned_data['key']}",
        user_id=request.user.pk,
        **form.wanted(),
    )
    amount = format_money(outcome.amount.amount, outcome.amount.currency)
    if not outcome.created:
        return f"This refund of {amount} was asked for before. It is made once."
    return f"{amount} will go back to the customer. How far it is stands under Refunds."


def _refund_context(order: Order) -> dict[str, Any]:
    left = left_to_refund(order.pk)
    return {"button": "Refund", "left": left and format_money(left.amount, left.currency)}


REFUND_PAGE = OrderPage(
    title="refund",
    template="dashboard/refund.html",
    form=_form,
    do=_request_refund,
    more=_refund_context,
)
