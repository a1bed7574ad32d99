"""Where the money of an order came from, and where it goes back: payments and gift cards.

Never more goes back to one of them than came in by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Min, QuerySet, Sum
from django.utils import timezone
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.payment import TransactionKind
from saleor.payment.models import Payment, Transaction

from plugins.ordering.models import Dispute, DisputeState, RefundPart, RefundStatus
from plugins.ordering.order_state import is_paid, placement_of

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
        why = unusable_because(self.gift_card, timezone.localdate()) if self.gift_card else ""
        return why and (
            f"This gift card {why}: its balance goes up, but the customer cannot spend it "
            "until you change that."
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


def unusable_because(card: GiftCard, today: date) -> str:
    """Return why a gift card cannot be spent, whatever is on it, or ""."""
    if not card.is_active:
        return "is deactivated"
    if card.end_date is not None and card.end_date < today:
        return "has expired"
    return ""


def charge_id_of(payment: Payment) -> str:
    """Return the provider's id of the money that came in."""
    taken = payment.transactions.filter(kind=TransactionKind.CAPTURE, is_success=True)
    return taken.values_list("token", flat=True).order_by("pk").first() or ""


def refundable_of(payment: Payment) -> Money:
    """Return what came in by this payment and has not gone back, or been asked to."""
    return _left_by_payment([payment])[payment.pk]


def _left_by_payment(payments: Sequence[Payment]) -> dict[int, Money]:
    """Return what is left of each payment by its id; three statements, however many there are."""
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
        taken = came.get(payment.pk, Money(Decimal("0.00"), payment.currency))
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
    return sum(left, Money(Decimal("0.00"), currency))


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
