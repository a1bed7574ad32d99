"""The page of an order on which staff leave a note for each other."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from saleor.order.models import Order
from unfold.decorators import action

from dashboard.admin.order_bulk import NoteForm
from dashboard.admin.order_page import OrderPage, answer
from plugins.ordering.services import note_order


class OrderNotes:
    """Mixed into `OrderAdmin`: /staff/order/order/<pk>/note/ and the link to it."""

    @action(description="Note", url_path="note", icon="sticky_note_2", permissions=["view"])
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form; a POST adds the note to the time line."""
        return answer(self, request, object_id, _PAGE)


def _note(request: HttpRequest, order: Order, form: NoteForm) -> str:
    user: Any = request.user
    note_order(order_id=order.pk, message=form.cleaned_data["message"], actor_id=user.pk)
    return "The note stands in the time line."


_PAGE = OrderPage(
    title="add a note",
    template="dashboard/order_page.html",
    form=lambda data, _order: NoteForm(data),
    do=_note,
    more=lambda _order: {"button": "Add the note"},
)
