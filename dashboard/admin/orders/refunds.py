"""The page of an order on which staff refund it: what is left, the form, and what would go where.

The form is shown again with the exact lines and parts before anything is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest
from prices import Money
from saleor.order.models import Order
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from dashboard.admin.base import format_money
from dashboard.admin.orders.page import OrderPage, VersionedForm
from dashboard.forms import AmountField
from plugins.fulfilment.exchanges import swaps_now
from plugins.fulfilment.returns import close_settled_returns, last_inspected
from plugins.ordering.models import PieceState, Refund
from plugins.ordering.order_state import is_disputed
from plugins.ordering.refund_lines import LineLeft, lines_left
from plugins.ordering.refund_plans import (
    RefundPlan,
    RefundWish,
    Share,
    delivery_left,
    kept_in_exchange,
    refundable_amount,
    share_of,
    sources_of,
)
from plugins.ordering.refunds import preview_refund, refunds_version, request_refund
from plugins.ordering.totals import full_name
from product_content.money import decimals

DISPUTED = (
    "The customer's bank is looking into the payment, or took it back already: a refund would fail "
    "or pay twice."
)


@dataclass(frozen=True)
class RefundableLine:
    """A line of an order with the pieces that are `left` to refund, by where they are."""

    line_id: int
    name: str
    ordered: int
    left: int
    each: Money
    places: dict[PieceState, int]
    must_be_named: bool


def left_to_refund(order: Order) -> Money | None:
    """Return the most that can go back now, or None if nothing can."""
    left = None if is_disputed(order) else refundable_amount(order)
    return left if left is not None and left.amount > 0 else None


def why_no_refund(order: Order) -> str:
    """Return why nothing can go back now."""
    return DISPUTED if is_disputed(order) else "There is nothing left to refund on this order."


def refundable_lines(order: Order) -> list[RefundableLine]:
    """Return all lines of the order; of some nothing may be left."""
    return [_refundable(left) for left in lines_left(order).values()]


def _refundable(left: LineLeft) -> RefundableLine:
    line = left.line
    return RefundableLine(
        line_id=line.pk,
        name=f"{full_name(line)} ({line.product_sku})",
        ordered=line.quantity,
        left=left.count,
        each=Money(left.each, line.currency),
        places={which: count for which, count in left.pieces.items() if count},
        must_be_named=left.must_be_named,
    )


def shares_in_words(shares: Iterable[Share]) -> str:
    """Return where the money goes, as "45.95 to the card, 10.00 to gift card ending 1234"."""
    return ", ".join(
        f"{format_money(share.amount.amount, share.amount.currency)} to {share.source.name}"
        for share in shares
    )


def _initial(expected_version: str, came_back: Mapping[int, int]) -> dict[str, Any]:
    """Return what the form shows at first: the pieces that came back, filled in."""
    initial: dict[str, Any] = {"expected_version": expected_version}
    if came_back:
        initial |= {"kind": LINES, "reason": "Returned."}
    for line_id, pieces in came_back.items():
        initial |= {f"line_{line_id}": pieces, f"which_{line_id}": PieceState.RETURNED.value}
    return initial


FULL, AMOUNT, LINES = "full", "amount", "lines"
_KINDS = ((FULL, "All that is left"), (AMOUNT, "An amount"), (LINES, "Pieces"))


class RefundForm(VersionedForm):
    """All that is left, an amount, or pieces of lines; always with a reason.

    `seen` is the fingerprint of the plan that staff were shown; a form without that field asks at
    once. How much may go back is not checked here but under the order's lock, and a form that is
    sent twice must reach the service twice: only there its `key` is known.
    """

    key = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4)
    seen = forms.CharField(required=False, widget=forms.HiddenInput())
    kind = forms.ChoiceField(
        label="What to refund", choices=_KINDS, widget=UnfoldAdminRadioSelectWidget()
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
        help_text=(
            "Only if they can be sold again, and are here. Otherwise what was not sent is written "
            "off. What a return has noted is in stock again already."
        ),
    )

    def __init__(
        self,
        data: Any,
        *,
        lines: list[RefundableLine],
        left: Money,
        delivery: Money,
        expected_version: str,
        came_back: Mapping[int, int] | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(expected_version, came_back or {}))
        self.left, self.currency, self._delivery = left, left.currency, delivery
        self.fields["amount"] = AmountField(
            label=f"Amount in {left.currency}",
            required=False,
            min_value=0,
            max_digits=12,
            decimal_places=decimals(left.currency),
            widget=UnfoldAdminDecimalFieldWidget(),
        )
        self.order_fields(["key", "seen", "kind", "amount"])
        self._lines_left = {line.line_id: line for line in lines}
        for line in lines:
            self.fields[f"line_{line.line_id}"] = _line_field(line)
            if line.must_be_named:
                self.fields[f"which_{line.line_id}"] = _which_field(line)
        if delivery.amount:
            self.fields["delivery"] = _delivery_field(delivery)

    @property
    def pieces(self) -> list[forms.BoundField]:
        """The fields of the lines and of the delivery, in the order's order."""
        prefixes = ("line_", "which_", "delivery")
        return [self[name] for name in self.fields if name.startswith(prefixes)]

    @property
    def wish(self) -> RefundWish:
        """What the valid form asks for."""
        amount = self.cleaned_data.get("amount")
        return RefundWish(
            amount=None if amount is None else Money(amount, self.currency),
            lines=self._lines(),
            which=self._which(),
            delivery=self._delivery if self.cleaned_data.get("delivery") else None,
        )

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `request_refund`, but for the order, the key and the actor."""
        data, wish = self.cleaned_data, self.wish
        return {
            "amount": wish.amount,
            "lines": wish.lines,
            "which": wish.which,
            "delivery": wish.delivery,
            "reason": data["reason"],
            "restock": data["restock"],
            "expected_version": data["expected_version"] or None,
        }

    def show(self, plan: RefundPlan) -> None:
        """Note that staff are shown this plan, so that the next press makes it."""
        self.data = {**dict(self.data.items()), "seen": plan.fingerprint}

    def clean(self) -> dict[str, Any]:
        """Refuse a form that contradicts itself: what to refund must be unambiguous."""
        data = super().clean() or self.cleaned_data
        kind, has_lines = data.get("kind"), bool(self._lines() or data.get("delivery"))
        self._check_amount(kind, given=data.get("amount") is not None)
        if kind == LINES and not has_lines:
            self.add_error("kind", "Say how many pieces of which line.")
        if kind in {FULL, AMOUNT} and has_lines:
            self.add_error("kind", "You also named pieces: choose Pieces, or leave them empty.")
        if kind == AMOUNT and data.get("amount") == self.left.amount and self._holds_pieces():
            self.add_error("kind", _ALL_OF_IT)
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
        pieces = {line: self.cleaned_data.get(f"line_{line}") for line in self._lines_left}
        return {line: quantity for line, quantity in pieces.items() if quantity}

    def _which(self) -> dict[int, PieceState]:
        named = {line: self.cleaned_data.get(f"which_{line}") for line in self._lines_left}
        return {line: PieceState(which) for line, which in named.items() if which}

    def _holds_pieces(self) -> bool:
        return any(PieceState.UNSENT in line.places for line in self._lines_left.values())


_ALL_OF_IT = (
    "That is all that is left, and pieces were not sent: choose All that is left, which also says "
    "what becomes of them."
)


def _line_field(line: RefundableLine) -> forms.IntegerField:
    each = format_money(line.each.amount, line.each.currency)
    return forms.IntegerField(
        label=line.name,
        required=False,
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=f"{line.left} of {line.ordered} not refunded yet, {each} each as paid.",
    )


def _which_field(line: RefundableLine) -> forms.ChoiceField:
    places = [(which.value, f"{which.label}: {count}") for which, count in line.places.items()]
    return forms.ChoiceField(
        label=f"Which of {line.name}",
        required=False,
        choices=[("", "Say which"), *places],
        widget=UnfoldAdminSelectWidget(),
        help_text="What was not sent is cancelled; what was sent is left alone.",
    )


def _delivery_field(delivery: Money) -> forms.BooleanField:
    return forms.BooleanField(
        label=f"The delivery too, {format_money(delivery.amount, delivery.currency)}",
        required=False,
        widget=UnfoldBooleanWidget(),
    )


def _form(data: Any, order: Order) -> RefundForm:
    return RefundForm(
        data,
        lines=refundable_lines(order),
        left=refundable_amount(order),
        delivery=delivery_left(order),
        expected_version=refunds_version(order.pk),
        came_back=_came_back(order),
    )


def _came_back(order: Order) -> dict[int, int]:
    """Return the pieces by line id that a return brought back and nobody has refunded."""
    if last_inspected(order) is None:
        return {}
    back = {key: left.pieces[PieceState.RETURNED] for key, left in lines_left(order).items()}
    return {line_id: pieces for line_id, pieces in back.items() if pieces}


def _look(order: Order, form: RefundForm) -> dict[str, Any] | None:
    """Return what staff are to see before this refund is made; None where they have seen it."""
    if "seen" not in form.data or Refund.objects.filter(key=_key(order, form)).exists():
        return None
    plan = preview_refund(order_id=order.pk, wish=form.wish)
    if form.data["seen"] == plan.fingerprint:
        return None
    form.show(plan)
    return {"plan": _plan_context(plan), "button": f"Refund {_money(plan.amount)}"}


def _plan_context(plan: RefundPlan) -> dict[str, Any]:
    rows = [
        (
            f"{row.pieces} × {full_name(row.line)} ({row.get_which_display().lower()})",
            row.amount_value,
        )
        for row in plan.rows
    ]
    sums = [("Delivery", plan.delivery.amount), ("Other", plan.free.amount)]
    currency = plan.free.currency
    return {
        "rows": [(name, format_money(amount, currency)) for name, amount in rows]
        + [(name, format_money(amount, currency)) for name, amount in sums if amount],
        "total": _money(plan.amount),
        "parts": shares_in_words(plan.shares) or "No money goes back.",
        "warnings": [share.source.warning for share in plan.shares if share.source.warning],
    }


def _key(order: Order, form: RefundForm) -> str:
    return f"staff-{order.pk}-{form.cleaned_data['key']}"


def _money(amount: Money) -> str:
    return format_money(amount.amount, amount.currency)


def _request_refund(request: HttpRequest, order: Order, form: RefundForm) -> str:
    outcome = request_refund(
        order_id=order.pk, key=_key(order, form), user_id=request.user.pk, **form.wanted()
    )
    amount = _money(outcome.amount)
    if not outcome.created:
        return f"This refund of {amount} was asked for before. It is made once."
    user: Any = request.user
    close_settled_returns(order_id=order.pk, actor_id=user.pk)
    refund = Refund.objects.get(pk=outcome.refund_id)
    where = parts_in_words(refund)
    note = f" Credit note {refund.credit_note}." if refund.credit_note else ""
    goes = f": {where}." if where else "."
    return f"{amount} will go back to the customer{goes}{note} How far it is stands under Refunds."


def parts_in_words(refund: Refund) -> str:
    """Return where the money of a refund goes, part by part."""
    parts = refund.parts.select_related("payment", "gift_card")
    return shares_in_words(share_of(part) for part in parts)


def _refund_context(order: Order) -> dict[str, Any]:
    left, exchanged = left_to_refund(order), kept_in_exchange(order)
    return {
        "button": "Show what goes where",
        "left": left and _money(left),
        "sources": shares_in_words(Share(source, source.left) for source in sources_of(order)),
        "why_not": why_no_refund(order),
        "exchanged": exchanged.amount and _money(exchanged),
        "wants_exchange": bool(swaps_now(order)),
    }


REFUND_PAGE = OrderPage(
    title="refund",
    template="dashboard/refund.html",
    form=_form,
    do=_request_refund,
    more=_refund_context,
    look=_look,
)
