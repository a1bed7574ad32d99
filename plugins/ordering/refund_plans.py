"""What a refund would be, before anybody asks for it: its lines, its sums and where it goes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum
from prices import Money
from saleor.order.models import Order

from plugins.ordering.line_discounts import delivery_paid
from plugins.ordering.models import PieceState, RefundLine, RefundStatus
from plugins.ordering.order_state import is_disputed
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.policies import refund_allowed
from plugins.ordering.refund_lines import lines_left, take_everything, take_pieces
from plugins.ordering.refund_sources import Share, currency_of, left_in, sources_of, split

_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class RefundWish:
    """What somebody wants to refund; nothing named is all that is left.

    `lines` are order line id → pieces at the price that was paid for them, and `which` says
    where those are. `delivery` is of what was paid for the delivery. `amount` is for nothing in
    particular, or what is given for the lines in place of their price. `raw_id` names the one
    charge that is meant: then no pieces go with it.
    """

    amount: Money | None = None
    lines: Mapping[int, int] = field(default_factory=dict)
    which: Mapping[int, PieceState] = field(default_factory=dict)
    delivery: Money | None = None
    raw_id: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is named, so that all that is left is meant."""
        return self.amount is None and self.delivery is None and not self.lines


@dataclass(frozen=True)
class RefundPlan:
    """A refund that would be allowed: unsaved `rows` for pieces, sums, and `shares` by source."""

    rows: Sequence[RefundLine]
    delivery: Money
    free: Money
    shares: Sequence[Share] = ()

    @property
    def amount(self) -> Money:
        """All that goes back."""
        rows = sum((row.amount_value for row in self.rows), _NOTHING)
        return self.delivery + self.free + Money(rows, self.free.currency)

    @property
    def fingerprint(self) -> str:
        """A hash of all that staff are shown, to tell whether they saw this very plan."""
        shown = [
            [(row.line_id, row.pieces, row.which, str(row.amount_value)) for row in self.rows],
            str(self.delivery.amount),
            str(self.free.amount),
            [(share.source.name, str(share.amount.amount)) for share in self.shares],
        ]
        return hashlib.sha256(repr(shown).encode()).hexdigest()


def plan_refund(order: Order, wish: RefundWish) -> RefundPlan:
    """Return what this refund would be now. Raises RefundRefused.

    Whoever makes it holds the order's lock, so that nobody takes the same money or pieces.
    """
    sources = sources_of(order, raw_id=wish.raw_id)
    left = left_in(sources, currency_of(order, sources))
    plan = _everything(order, wish, left) if wish.is_everything else _named(order, wish)
    _refuse(order, wish, plan, left)
    return RefundPlan(plan.rows, plan.delivery, plan.free, split(sources, plan.amount))


def delivery_left(order: Order) -> Money:
    """Return what was paid for the delivery and has not gone back, or been asked to."""
    refunds = order.refunds.exclude(state=RefundStatus.FAILED)
    back = refunds.aggregate(sum=Sum("delivery_value"))["sum"] or _NOTHING
    return max(delivery_paid(order) - Money(back, order.currency), Money(_NOTHING, order.currency))


def _refuse(order: Order, wish: RefundWish, plan: RefundPlan, left: Money) -> None:
    if not left.amount and not order.payments.exists():
        raise RefundRefused("There is no payment to refund.")
    allowed, why = refund_allowed(
        amount=plan.amount,
        left=left,
        disputed=is_disputed(order) and not wish.raw_id,
        costs_nothing=bool(plan.rows) and not any(row.price_value for row in plan.rows),
    )
    if not allowed:
        raise RefundRefused(f"This cannot be refunded: {why}.")


def _everything(order: Order, wish: RefundWish, left: Money) -> RefundPlan:
    """Return all that is left; money that is for no piece and no delivery is free."""
    nothing = Money(_NOTHING, left.currency)
    if wish.raw_id or left.currency != order.currency:
        return RefundPlan([], nothing, left)
    rows, delivery = take_everything(lines_left(order)), delivery_left(order)
    plan = RefundPlan(rows, delivery, nothing)
    if plan.amount <= left:
        return RefundPlan(rows, delivery, left - plan.amount)
    return _cut(plan, plan.amount - left)


def _cut(plan: RefundPlan, too_much: Money) -> RefundPlan:
    """Take off what has gone back for nothing in particular: of the delivery, then of lines."""
    delivery = max(plan.delivery - too_much, plan.free)
    rest = (too_much - (plan.delivery - delivery)).amount
    for row in reversed(plan.rows):
        off = min(rest, row.amount_value)
        row.amount_value, rest = row.amount_value - off, rest - off
    return RefundPlan(plan.rows, delivery, plan.free)


def _named(order: Order, wish: RefundWish) -> RefundPlan:
    nothing = Money(_NOTHING, order.currency if wish.amount is None else wish.amount.currency)
    rows = take_pieces(lines_left(order), wish.lines, wish.which) if wish.lines else []
    delivery = wish.delivery or nothing
    if delivery.amount and delivery > delivery_left(order):
        raise RefundRefused(
            f"Of the delivery, only {delivery_left(order).amount} {delivery.currency} is left."
        )
    plan = RefundPlan(rows, nothing, nothing)
    if wish.amount is None or not rows:
        return RefundPlan(rows, delivery, wish.amount or nothing)
    if wish.amount < plan.amount:
        plan = _cut(plan, plan.amount - wish.amount)
    return RefundPlan(plan.rows, delivery, wish.amount - plan.amount)
