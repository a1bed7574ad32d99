"""A customer's return: what they may send back, until when, and how far it has got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from prices import Money
from saleor.order.models import Order

from plugins.discreet_shipping.labels import customers_return_label
from plugins.discreet_shipping.order_contract import contract_of
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.exchanges import ExchangeOffer, exchange_offers, is_replaced
from plugins.fulfilment.models import COMING_BACK, OPEN_RETURNS, Return, ReturnLine, ReturnState
from plugins.fulfilment.replacements import is_to_be_paid
from plugins.fulfilment.returns import is_in_time, last_day_without_reason, returnable_pieces
from plugins.fulfilment.sending_again import sent_again_for
from plugins.ordering.links import orders_by_token
from plugins.ordering.totals import full_name
from product_content.languages import translated_text
from product_content.shop_settings import shop_facts
from storefront.types import OrderReturns, Replacement, ReturnView

_STATES = {
    ReturnState.ANNOUNCED: _("You told us that something comes back."),
    ReturnState.EXPECTED: _("We wait for what you send back."),
    ReturnState.ARRIVED: _("What you sent back is here. We look at it next."),
    ReturnState.INSPECTED: _("We looked at what you sent back."),
    ReturnState.CLOSED: _("What you sent back is settled."),
    ReturnState.WITHDRAWN: _("You took the return back."),
}


@dataclass(frozen=True, slots=True)
class SizeOffer:
    """A size that may be had in exchange; `left` pieces, `price` for one.

    `difference` is to be paid for one, or below zero goes back.
    """

    variant_id: int
    name: str
    price: Money
    difference: Money
    left: int


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """A line of an order of which `out` pieces can be sent back."""

    id: int
    name: str
    out: int
    sizes: tuple[SizeOffer, ...]


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """All that the page of a return shows; `last_day` is the last on which no reason is needed.

    `days` are those in which what was announced is to be posted.
    """

    order_id: int
    number: str
    token: UUID
    lines: tuple[ReturnableLine, ...]
    last_day: date | None
    in_time: bool
    open: ReturnView | None
    address: tuple[str, ...]
    has_label: bool
    days: int


def get_return_page(token: UUID) -> ReturnPage | None:
    """Return the page of the order with this token; None where nothing of it has left."""
    order = orders_by_token(token).prefetch_related("lines__variant").first()
    if order is None:
        return None
    views = returns_of(order)
    lines = returnable_lines(order)
    if not lines and not views:
        return None
    contract = contract_of(order)
    label = contract["label"] if contract else None
    return ReturnPage(
        order_id=order.pk,
        number=str(order.pk),
        token=UUID(order.token),
        lines=lines,
        last_day=last_day_without_reason(order),
        in_time=is_in_time(order),
        open=next((view for view in views if view.is_open), None),
        address=tuple(label["sender"]) if label else _usual_address(),
        has_label=label is not None,
        days=settings.RETURN_DAYS,
    )


def return_label(token: UUID) -> bytes | None:
    """Return the label for the way back as a PDF while a return is open, or None."""
    order = orders_by_token(token).first()
    if order is None or not order.returns.filter(state__in=OPEN_RETURNS).exists():
        return None
    contract = contract_of(order)
    return customers_return_label(contract) if contract else None


def replacement_of(token: UUID, number: int) -> str | None:
    """Return the token of the order that replaces return `number` of the order with this token."""
    found = Return.objects.filter(order__in=orders_by_token(token), number=number)
    return found.values_list("replacement__token", flat=True).first()


def returns_of(order: Order) -> tuple[ReturnView, ...]:
    """Return all returns of the order, oldest first."""
    rows = order.returns.order_by("pk")
    related = rows.select_related("replacement").prefetch_related("lines__line", "lines__wanted")
    return tuple(_view(row) for row in related)


def order_returns(order: Order) -> OrderReturns:
    """Return what the page of the order says of returns."""
    replaced = Return.objects.filter(replacement=order).values_list("order_id", flat=True).first()
    return OrderReturns(
        all=returns_of(order),
        may_send_back=bool(returnable_pieces(order)),
        replaces=str(replaced or ""),
        again_for=str(sent_again_for(order) or ""),
    )


def returnable_lines(order: Order) -> tuple[ReturnableLine, ...]:
    """Return the lines with pieces that the customer may send back."""
    pieces = returnable_pieces(order)
    offers = exchange_offers(order) if pieces else {}
    return tuple(
        ReturnableLine(line.pk, full_name(line), pieces[line.pk], _sizes(offers[line.pk]))
        for line in order.lines.order_by("pk")
        if line.pk in pieces
    )


def _sizes(offers: Sequence[ExchangeOffer]) -> tuple[SizeOffer, ...]:
    return tuple(
        SizeOffer(offer.variant_id, offer.name, offer.price, offer.difference, offer.left)
        for offer in offers
    )


def _view(row: Return) -> ReturnView:
    return ReturnView(
        number=row.number,
        state=row.state,
        text=str(_STATES[ReturnState(row.state)]),
        lines=tuple(_line(line) for line in row.lines.all()),
        replacement=_replacement(row, row.replacement) if row.replacement else None,
        is_open=row.state in OPEN_RETURNS,
        may_be_withdrawn=row.state in COMING_BACK,
    )


def _replacement(row: Return, order: Order) -> Replacement:
    state: Literal["to_pay", "ended", ""] = ""
    if not is_replaced(row):
        state = "ended"
    elif is_to_be_paid(row):
        state = "to_pay"
    return Replacement(str(order.pk), state, order.total_gross)


def _line(line: ReturnLine) -> tuple[str, int, str]:
    wanted = translated_text(line.wanted.name) if line.wanted else ""
    return full_name(line.line), max(line.announced, line.inspected), wanted


def _usual_address() -> tuple[str, ...]:
    rules = current_settings()
    return ((rules.senders or (shop_facts().name,))[0], *rules.return_address)
