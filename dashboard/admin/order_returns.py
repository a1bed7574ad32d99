"""The page of an order on which pieces that came back are looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from saleor.order.models import Order
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanWidget

from dashboard.admin.order_page import OrderPage, SeenForm, answer
from plugins.ordering.marks import RETURN, ReturnState
from plugins.ordering.services import take_back
from plugins.ordering.services.returns import returned_pieces

_STATE_WORDS = {
    ReturnState.EXPECTED.value: "Expected",
    ReturnState.ARRIVED.value: "Came in, to look at",
}


class ReturnForm(SeenForm):
    """How many pieces of which line, and in what state they are.

    `seen` is how many had come back: two people must not count the same parcel twice.
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
        back = returned_pieces(order)
        super().__init__(data, initial={"seen": str(back.total())})
        lines = [line for line in order.lines.order_by("pk") if line.quantity_fulfilled]
        self._lines = {f"line_{line.pk}": line.pk for line in lines}
        for line in lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"{line} ({line.product_sku})",
                required=False,
                min_value=0,
                widget=UnfoldAdminIntegerFieldWidget(),
                help_text=f"{line.quantity_fulfilled - back[line.pk]} sent and not back yet.",
            )

    @property
    def pieces(self) -> list[forms.BoundField]:
        """The fields of the lines."""
        return [self[name] for name in self._lines]

    def wanted(self) -> dict[str, Any]:
        """Return what `take_back` is to be asked, but for the order and who asks."""
        data = self.cleaned_data
        counts = {line: data.get(name) for name, line in self._lines.items()}
        pieces = {line: count for line, count in counts.items() if count}
        flags = {name: data[name] for name in ("sealed", "sound", "more")}
        return {"pieces": pieces, "seen": data["seen"] or None, **flags}


class OrderReturns:
    """Mixed into `OrderAdmin`: /staff/order/order/<pk>/return/ and the link to it."""

    @action(description="Return", url_path="return", icon="assignment_return", permissions=["view"])
    def take_return(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form; a POST notes the return."""
        return answer(self, request, object_id, _PAGE)

    @display(description="Return")
    def sent_back(self, order: Order) -> str:
        """Return how far a return has got, and how many pieces have come back so far."""
        state = (order.private_metadata or {}).get(RETURN, "")
        back = returned_pieces(order).total()
        known = [_STATE_WORDS.get(state, ""), f"{back} back" if back else ""]
        return ", ".join(filter(None, known)) or "-"


def _note(request: HttpRequest, order: Order, form: ReturnForm) -> str:
    user: Any = request.user
    restocked = take_back(order_id=order.pk, actor_id=user.pk, **form.wanted())
    where = "Back into stock" if restocked else "Written off"
    return f"{where}. Money goes back by a refund, without restocking again."


_PAGE = OrderPage(
    title="return",
    template="dashboard/order_return.html",
    form=lambda data, order: ReturnForm(data, order=order),
    do=_note,
    more=lambda _order: {"button": "Note the return"},
)
