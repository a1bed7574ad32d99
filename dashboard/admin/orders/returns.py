"""The pages of an order on which staff inspect returned pieces, and send lost ones again.

What settles returned pieces follows: a replacement, a refund, or both.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from prices import Money
from saleor.order.models import Order
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from dashboard.admin.orders.columns import format_address
from dashboard.admin.orders.page import ORDER_ITSELF, OrderPage, VersionedForm
from dashboard.admin.orders.refunds import left_to_refund
from plugins.fulfilment.exchanges import Swap, swaps_now, to_pay, wanted_exchange
from plugins.fulfilment.models import Return, SentAgainReason
from plugins.fulfilment.policies import ExchangeRefused
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import (
    close_settled_returns,
    last_inspected,
    open_return,
    record_return,
    returns_version,
)
from plugins.fulfilment.sending_again import (
    orders_that_send_again,
    pieces_to_send_again,
    send_again,
)
from plugins.ordering.pieces import pieces_of
from plugins.ordering.totals import full_name
from product_content.money import format_money


class ReturnForm(VersionedForm):
    """How many pieces of which line, and in what state they are.

    `expected_version` is how many had come back: two people must not count the same parcel twice.
    """

    sealed = forms.BooleanField(
        label="The hygiene seal is whole",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="What was opened is written off: it is never sold again.",
    )
    sound = forms.BooleanField(
        label="Nothing is damaged", required=False, widget=UnfoldBooleanWidget()
    )
    more = forms.BooleanField(
        label="More of what came in is still to be looked at",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="The order then stays among the returns to look at.",
    )

    def __init__(self, data: Any, *, order: Order) -> None:
        super().__init__(data, initial={"expected_version": returns_version(order)})
        known = pieces_of(order)
        lines = [line for line in order.lines.order_by("pk") if known[line.pk].sent]
        self._lines = {f"line_{line.pk}": line.pk for line in lines}
        expected = _expected(order)
        for line in lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                initial=expected.get(line.pk),
                label=f"{full_name(line)} ({line.product_sku})",
                required=False,
                min_value=0,
                widget=UnfoldAdminIntegerFieldWidget(),
                help_text=f"{known[line.pk].out} sent and not back yet.",
            )

    @property
    def pieces(self) -> list[forms.BoundField]:
        """The fields of the lines."""
        return [self[name] for name in self._lines]

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of `record_return`, but for the order and the actor."""
        data = self.cleaned_data
        counts = {line: data.get(name) for name, line in self._lines.items()}
        pieces = {line: count for line, count in counts.items() if count}
        flags = {name: data[name] for name in ("sealed", "sound", "more")}
        return {"pieces": pieces, "expected_version": data["expected_version"] or None, **flags}


def _expected(order: Order) -> dict[int, int]:
    """Return the pieces that the customer announced and nobody has looked at, by line id."""
    about = open_return(order)
    rows = about.lines.all() if about else ()
    return {
        row.line_id: row.announced - row.inspected for row in rows if row.announced > row.inspected
    }


def _record_return(request: HttpRequest, order: Order, form: ReturnForm) -> str:
    user: Any = request.user
    restocked = record_return(order_id=order.pk, actor_id=user.pk, **form.wanted())
    where = "Back into stock" if restocked else "Written off"
    return f"{where}. Money goes back by a refund, without restocking again."


def _then(order: Order) -> str:
    """Return the page that settles what was looked at: a replacement first, then a refund."""
    if last_inspected(order) is None:
        return ORDER_ITSELF
    if swaps_now(order):
        return "exchange"
    return "refund" if left_to_refund(order) else ORDER_ITSELF


def _announced(order: Order) -> dict[str, Any]:
    """Return what the customer said of the return that is open."""
    about: Return | None = open_return(order)
    lines = about.lines.select_related("line", "wanted") if about else ()
    return {
        "about": about,
        "announced": [
            (f"{row.announced} × {full_name(row.line)}", str(row.wanted or ""))
            for row in lines
            if row.announced
        ],
    }


RETURN_PAGE = OrderPage(
    title="return",
    template="dashboard/order_return.html",
    form=lambda data, order: ReturnForm(data, order=order),
    do=_record_return,
    more=lambda order: {"button": "Note the return", **_announced(order)},
    then=_then,
)


class ExchangeForm(forms.Form):
    """Nothing to fill in: what is sent follows from the return."""


def _agree(request: HttpRequest, order: Order, _form: ExchangeForm) -> str:
    about, user = wanted_exchange(order), request.user.pk
    if about is None or user is None:
        raise ExchangeRefused("The customer wants nothing in exchange.")
    replacement = agree_exchange(return_id=about.pk, actor_id=user)
    close_settled_returns(order_id=order.pk, actor_id=user)
    due = replacement.total_gross
    if due.amount:
        return f"Order {replacement.pk} waits until the customer has paid {format_money(due)}."
    return f"Order {replacement.pk} sends the other size. It can be packed."


def _in_words(swap: Swap) -> tuple[str, str]:
    line, offer = swap.returned.line, swap.offer
    what = f"{swap.pieces} × {full_name(line)} become {offer.variant.name}, {offer.left} left"
    return what, _difference_in_words(swap.difference)


def _difference_in_words(difference: Money) -> str:
    if difference.amount > 0:
        return f"{format_money(difference)} is to be paid"
    return f"{format_money(-1 * difference) if difference.amount else 'nothing'} goes back"


def _then_after_exchange(order: Order) -> str:
    """Return the page for what came back and was not exchanged."""
    return "refund" if last_inspected(order) and left_to_refund(order) else ORDER_ITSELF


def _context(order: Order) -> dict[str, Any]:
    swaps = swaps_now(order)
    due = to_pay(swaps) if swaps else None
    return {
        "button": "Send the other size",
        "swaps": [_in_words(swap) for swap in swaps],
        "due": format_money(due) if due and due.amount else "",
    }


EXCHANGE_PAGE = OrderPage(
    title="replacement",
    template="dashboard/order_exchange.html",
    form=lambda data, _order: ExchangeForm(data),
    do=_agree,
    more=_context,
    then=_then_after_exchange,
)


class SendAgainForm(forms.Form):
    """How many pieces of which line are sent once more, and why."""

    reason = forms.ChoiceField(
        label="What happened", choices=SentAgainReason.choices, widget=UnfoldAdminSelectWidget()
    )
    note = forms.CharField(
        label="Note for us",
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="What the carrier says, or who was asked. Nothing about anybody's health.",
    )

    def __init__(self, data: Any, *, order: Order) -> None:
        super().__init__(data)
        left = pieces_to_send_again(order)
        self._lines = {f"line_{line.pk}": line.pk for line in order.lines.filter(pk__in=left)}
        for line in order.lines.filter(pk__in=left).order_by("pk"):
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"{full_name(line)} ({line.product_sku})",
                required=False,
                min_value=0,
                max_value=left[line.pk],
                widget=UnfoldAdminIntegerFieldWidget(),
                help_text=f"{left[line.pk]} can be sent again.",
            )
        self.order_fields([*self._lines, "reason", "note"])

    def pieces(self) -> dict[int, int]:
        """Return the pieces that were typed, by the line's id."""
        typed = {line: self.cleaned_data.get(name) for name, line in self._lines.items()}
        return {line: count for line, count in typed.items() if count}


def _send_again(request: HttpRequest, order: Order, form: SendAgainForm) -> str:
    user: Any = request.user
    made = send_again(
        order_id=order.pk,
        pieces=form.pieces(),
        reason=SentAgainReason(form.cleaned_data["reason"]),
        note=form.cleaned_data["note"],
        actor_id=user.pk,
    )
    return f"Order {made.pk} sends it once more, without charge. It can be packed."


AGAIN_PAGE = OrderPage(
    title="send again",
    template="dashboard/order_again.html",
    form=lambda data, order: SendAgainForm(data, order=order),
    do=_send_again,
    more=lambda order: {
        "button": "Send it again",
        "possible": bool(pieces_to_send_again(order)),
        "why_not": "The customer has nothing of it that was not refunded or sent again.",
        "earlier": orders_that_send_again(order),
        "address": format_address(order.shipping_address),
    },
)
