"""The page of an order on which money is given back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from saleor.order.models import Order
from unfold.decorators import action, display

from dashboard.admin.order_page import OrderPage, answer
from dashboard.admin.refund_form import RefundForm
from dashboard.admin.show import show_money
from dashboard.selectors.refunds import left_to_refund, refundable_lines
from plugins.ordering.services import ask_refund
from plugins.ordering.services.refunds import refunds_stamp


class RefundPage:
    """Mixed into `OrderAdmin`: /staff/order/order/<pk>/refund/ and the link to it."""

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Leave the link to the refund out when there is nothing to give back."""
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        order = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if order and left_to_refund(order.pk):
            return list(actions)
        return [action for action in actions if action.method.__name__ != "refund"]

    @action(description="Refund", url_path="refund", icon="undo", permissions=["view"])
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form; a POST asks for the refund."""
        return answer(self, request, object_id, _PAGE)

    @display(description="Money back")
    def money_back(self, order: Order) -> SafeString | str:
        """Return the link in the page's text: on a telephone the buttons are behind a menu."""
        left = left_to_refund(order.pk)
        if left is None:
            return "Nothing is left to refund"
        page = reverse("admin:order_order_refund", args=[order.pk])
        words = f"Refund up to {show_money(left.amount, left.currency)}"
        return format_html('<a class="underline" href="{}">{}</a>', page, words)


def _form(data: Any, order: Order) -> RefundForm:
    left = left_to_refund(order.pk)
    return RefundForm(
        data,
        lines=refundable_lines(order),
        currency=left.currency if left else order.currency,
        seen=refunds_stamp(order.pk),
    )


def _ask(request: HttpRequest, order: Order, form: RefundForm) -> str:
    outcome = ask_refund(
        order_id=order.pk,
        key=f"staff-{order.pk}-{form.cleaned_data['key']}",
        user_id=request.user.pk,
        **form.wanted(),
    )
    amount = show_money(outcome.amount.amount, outcome.amount.currency)
    if not outcome.created:
        return f"This refund of {amount} was asked for before. It is made once."
    return f"{amount} will go back to the customer. How far it is stands under Refunds."


def _left(order: Order) -> dict[str, Any]:
    left = left_to_refund(order.pk)
    return {"button": "Refund", "left": left and show_money(left.amount, left.currency)}


_PAGE = OrderPage(title="refund", template="dashboard/refund.html", form=_form, do=_ask, more=_left)
