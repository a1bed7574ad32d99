"""Where the money of an order came from, and what of it a refund gives back to whom.

Never more goes back to a payment or a gift card than came in by it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, Min, QuerySet, Sum
from django.utils import timezone
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.payment import TransactionKind
from saleor.payment.models import Payment, Transaction

from plugins.ordering.discounts import delivery_paid
from plugins.ordering.models import (
    Dispute,
    DisputeState,
    PieceState,
    RefundLine,
    RefundPart,
    RefundStatus,
)
from plugins.ordering.order_state import is_disputed, is_paid, placement_of
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.policies import (
    CARD_ENDED,
    CARD_NOT_BEGUN,
    CARD_OFF,
    card_may_pay,
    refund_allowed,
)
from plugins.ordering.refund_lines import lines_left, take_everything, take_pieces
from plugins.ordering.sold_cards import money_off_card
from product_content.money import zero

GIFT_CARD_FIRST = "gift_card"  # a value of settings.REFUND_FIRST_TO; any other: payments first


@dataclass(frozen=True)
class Source:
    """A payment or a gift card that paid for an order, and what is `left` to give back to it."""

    left: Money
    payment: Payment | None = None
    gift_card: GiftCard | None = None

    @property
    def name(self) -> str:
        """Who gets the money, in words for staff."""
        if self.gift_card is None:
            return "the card"
        return f"gift card ending {self.gift_card.code[-4:]}"

    @property
    def warning(self) -> str:
        """What staff must know before money goes back to it, or ""."""
        if self.gift_card is None:
            return ""
        allowed, why = card_may_pay(self.gift_card, timezone.localdate())
        if allowed:
            return ""
        return (
            f"This gift card {_CARD_WORDS[why]}: its balance goes up, but the customer cannot "
            "spend it until you change that."
        )


@dataclass(frozen=True)
class Share:
    """What one source gets of a refund."""

    source: Source
    amount: Money


def share_of(part: RefundPart) -> Share:
    """Return what a part of a refund gives back, and to what."""
    source = Source(part.amount, payment=part.payment, gift_card=part.gift_card)
    return Share(source, part.amount)


_CARD_WORDS = {
    CARD_OFF: "is deactivated",
    CARD_NOT_BEGUN: "is for a later day",
    CARD_ENDED: "has expired",
}


def charge_id_of(payment: Payment) -> str:
    """Return the provider's id of the money that came in."""
    taken = payment.transactions.filter(kind=TransactionKind.CAPTURE, is_success=True)
    return taken.values_list("token", flat=True).order_by("pk").first() or ""


def payment_of_charge(provider: str, raw_id: str) -> Payment | None:
    """Return the payment whose money came in by this charge of the provider, or None."""
    return Payment.objects.filter(
        gateway=provider,
        transactions__token=raw_id[:128],
        transactions__kind=TransactionKind.CAPTURE,
        transactions__is_success=True,
    ).first()


def _left_by_payment(payments: Sequence[Payment]) -> dict[int, Money]:
    """Return by id what came in by each payment and has not gone back, or been asked to.

    Three statements, however many there are.
    """
    ids = [payment.pk for payment in payments]
    captures = Transaction.objects.filter(
        payment__in=ids, kind=TransactionKind.CAPTURE, is_success=True
    )
    rows = captures.order_by().values_list("payment").annotate(Sum("amount"), Min("currency"))
    came = {pk: Money(amount, currency) for pk, amount, currency in rows}
    parts = RefundPart.objects.exclude(state=RefundStatus.FAILED)
    disputes = Dispute.objects.exclude(state=DisputeState.WON)
    gone = _sums(parts, ids) + _sums(disputes, ids)
    left = {}
    for payment in payments:
        taken = came.get(payment.pk, zero(payment.currency))
        left[payment.pk] = Money(
            max(taken.amount - gone[payment.pk], Decimal("0.00")), taken.currency
        )
    return left


def _sums(rows: QuerySet[Any], payment_ids: Sequence[int]) -> Counter[int]:
    found = rows.filter(payment__in=payment_ids).order_by().values_list("payment")
    sums: Counter[int] = Counter()
    sums.update(dict(found.annotate(Sum("amount_value"))))
    return sums


def sources_of(order: Order, *, raw_id: str = "") -> list[Source]:
    """Return what is left by source, in the order in which refunds use them; nothing left: out.

    Newest money first, and payments before gift cards unless the owner's setting says the other
    way round. `raw_id` names the one charge that is meant.
    """
    known = list(order.payments.order_by("-pk"))
    left = _left_by_payment(known)
    payments = [
        Source(left[payment.pk], payment=payment)
        for payment in known
        if not raw_id or charge_id_of(payment) == raw_id
    ]
    cards = [] if raw_id else _cards_of(order)
    both = [cards, payments] if settings.REFUND_FIRST_TO == GIFT_CARD_FIRST else [payments, cards]
    return [source for kind in both for source in kind if source.left.amount > 0]


def gift_cards_left(order: Order) -> dict[str, str]:
    """Return what gift cards paid of the order and did not get back: card id → amount."""
    spent = placement_of(order)["gift_cards"]
    if not spent:
        return {}
    parts = RefundPart.objects.filter(refund__order=order, gift_card__in=list(spent))
    back = dict(
        parts.exclude(state=RefundStatus.FAILED)
        .order_by()
        .values_list("gift_card")
        .annotate(Sum("amount_value"))
    )
    left = {card: Decimal(paid) - back.get(int(card), 0) for card, paid in spent.items()}
    return {card: str(amount) for card, amount in left.items() if amount > 0}


def left_in(sources: Iterable[Source], currency: str) -> Money:
    """Return what is left of all sources of one currency."""
    left = (source.left for source in sources if source.left.currency == currency)
    return sum(left, zero(currency))


def currency_of(order: Order, sources: Sequence[Source]) -> str:
    """Return in which currency a refund is made: the order's, unless only other money is left."""
    known = [source.left.currency for source in sources]
    return order.currency if order.currency in known or not known else known[0]


def split(sources: Iterable[Source], amount: Money) -> list[Share]:
    """Return how much of `amount` each source gets, in their order; the caller checked the sum."""
    shares, rest = [], amount
    for source in sources:
        if source.left.currency == amount.currency and rest.amount > 0:
            shares.append(Share(source, min(rest, source.left)))
            rest -= shares[-1].amount
    return shares


def refundable_amount(order: Order) -> Money:
    """Return the most that can be refunded of this order now; nothing without a payment."""
    sources = sources_of(order)
    return left_in(sources, currency_of(order, sources))


def kept_in_exchange(order: Order) -> Money:
    """Return what pays for pieces that another order sends in exchange: it is spent already."""
    rows = RefundLine.objects.filter(refund__order=order, refund__in_exchange=True)
    stands = rows.exclude(refund__state=RefundStatus.FAILED)
    kept = stands.aggregate(sum=Sum(F("price_value") - F("amount_value")))["sum"]
    return Money(kept or _NOTHING, order.currency)


def is_refunded(order: Order) -> bool:
    """Say whether money went back of this order, and nothing of it is left."""
    back = RefundPart.objects.filter(refund__order=order).exclude(state=RefundStatus.FAILED)
    return back.exists() and not refundable_amount(order).amount


def _cards_of(order: Order) -> list[Source]:
    """Return the order's gift cards; while it waits for its payment, releasing it is the way."""
    if order.status != OrderStatus.CANCELED and not is_paid(order):
        return []
    left = gift_cards_left(order)
    cards = GiftCard.objects.in_bulk([int(card) for card in left])
    return [
        Source(Money(Decimal(left[str(pk)]), order.currency), gift_card=cards[pk])
        for pk in sorted(cards, reverse=True)
    ]


_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class RefundWish:
    """What somebody wants to refund; nothing named is all that is left.

    `lines` are order line id → pieces at the price that was paid for them, and `which` says
    where those are. `delivery` is of what was paid for the delivery. `amount` is for nothing in
    particular, or what is given for the lines in place of their price. `raw_id` names the one
    charge that is meant: then no pieces go with it. `in_exchange`: other pieces are sent for the
    lines, so that even nothing may go back for them. `with_exchanged`: all that is left
    includes what pays for pieces that were sent in exchange.
    """

    amount: Money | None = None
    lines: Mapping[int, int] = field(default_factory=dict)
    which: Mapping[int, PieceState] = field(default_factory=dict)
    delivery: Money | None = None
    raw_id: str = ""
    in_exchange: bool = False
    with_exchanged: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing is named, so that all that is left is meant."""
        return self.amount is None and self.delivery is None and not self.lines


@dataclass(frozen=True)
class RefundPlan:
    """A refund that would be allowed: unsaved `rows` for pieces, sums, and `shares` by source.

    `off_card` is what it takes off the gift card that the order sold.
    """

    rows: Sequence[RefundLine]
    delivery: Money
    free: Money
    shares: Sequence[Share] = ()
    off_card: Decimal = Decimal("0.00")

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
    off_card = _off_card(order, plan.amount)
    return RefundPlan(plan.rows, plan.delivery, plan.free, split(sources, plan.amount), off_card)


def _off_card(order: Order, amount: Money) -> Decimal:
    """Return what goes off the gift card that the order sold; refuse what was spent of it."""
    off, why = money_off_card(order, amount, left_in(sources_of(order), amount.currency))
    if why:
        raise RefundRefused(f"This cannot be refunded: {why}.")
    return off


def delivery_left(order: Order) -> Money:
    """Return what was paid for the delivery and has not gone back, or been asked to."""
    refunds = order.refunds.exclude(state=RefundStatus.FAILED)
    back = refunds.aggregate(sum=Sum("delivery_value"))["sum"] or _NOTHING
    return max(delivery_paid(order) - Money(back, order.currency), zero(order.currency))


def _refuse(order: Order, wish: RefundWish, plan: RefundPlan, left: Money) -> None:
    if not left.amount and not order.payments.exists():
        raise RefundRefused("There is no payment to refund.")
    worth = any(row.price_value for row in plan.rows) and not wish.in_exchange
    allowed, why = refund_allowed(
        amount=plan.amount,
        left=left,
        disputed=is_disputed(order) and not wish.raw_id,
        costs_nothing=bool(plan.rows) and not worth,
    )
    if not allowed:
        raise RefundRefused(f"This cannot be refunded: {why}.")


def _everything(order: Order, wish: RefundWish, left: Money) -> RefundPlan:
    """Return all that is left; money that is for no piece and no delivery is free."""
    nothing = zero(left.currency)
    if wish.raw_id or left.currency != order.currency:
        return RefundPlan([], nothing, left)
    if not wish.with_exchanged:
        left = max(left - kept_in_exchange(order), nothing)
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
    nothing = zero(order.currency if wish.amount is None else wish.amount.currency)
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
