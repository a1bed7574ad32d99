"""The page of an order on which staff send other sizes for what came back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from saleor.order.models import Order

from dashboard.admin.formatting import format_money
from dashboard.admin.orders.page import ORDER_ITSELF, OrderPage
from dashboard.admin.orders.refunds import left_to_refund
from plugins.fulfilment.errors import ExchangeRefused
from plugins.fulfilment.exchanges import Swap, agree_exchange, swaps_now, wanted_exchange
from plugins.fulfilment.returns import close_settled_returns, last_inspected


class ExchangeForm(forms.Form):
    """Nothing to fill in: what is sent follows from the return."""


def _agree(request: HttpRequest, order: Order, _form: ExchangeForm) -> str:
    about, user = wanted_exchange(order), request.user.pk
    if about is None or user is None:
        raise ExchangeRefused("The customer wants nothing in exchange.")
    replacement = agree_exchange(return_id=about.pk, actor_id=user)
    close_settled_returns(order_id=order.pk, actor_id=user)
    return f"Order {replacement.pk} sends the other size. It can be packed."


def _in_words(swap: Swap) -> tuple[str, str]:
    line, offer = swap.returned.line, swap.offer
    what = f"{swap.pieces} × {line} become {offer.variant.name}, {offer.left} left"
    back = format_money(swap.back, line.currency) if swap.back else "nothing"
    return what, f"{back} goes back"


def _then(order: Order) -> str:
    """Return the page for what came back and was not exchanged."""
    return "refund" if last_inspected(order) and left_to_refund(order) else ORDER_ITSELF


def _context(order: Order) -> dict[str, Any]:
    return {"button": "Send the other size", "swaps": [_in_words(s) for s in swaps_now(order)]}


EXCHANGE_PAGE = OrderPage(
    title="replacement",
    template="dashboard/order_exchange.html",
    form=lambda data, _order: ExchangeForm(data),
    do=_agree,
    more=_context,
    then=_then,
)
