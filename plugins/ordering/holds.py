"""What unpaid orders hold: how much one visitor may, and what is still available to their basket.

What a basket's own unpaid order holds is still available to this basket and no other. The stock
that such an order holds is counted by `storefront.baskets.reserved_quantities`.

A visitor is an internet address (of IPv6 the network), a browser and an e-mail address. Many
people share the first, as in a clinic or with a mobile carrier, so its limits are wide; an attacker
changes the other two at will, and their limits are there for whoever does not. All three are kept
as keyed hashes, for a day.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac
from saleor.order.models import Order

from plugins.ordering.locks import lock_visitor
from plugins.ordering.models import PAYABLE, OrderLimits, OrderOrigin
from plugins.ordering.order_state import add_note, live_order_for_checkout, placed_by, placement_of
from plugins.ordering.outcomes import HoldsTooMuch, TooManyPieces
from plugins.ordering.retention import retention_cutoff
from product_content.parsing import normal_email

logger = logging.getLogger(__name__)

Who = Literal["address", "browser", "email"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Keyed hashes of the internet address and of the browser that sent a request; "": unknown."""

    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class HoldLimit:
    """What one visitor may hold: unpaid orders at once, and their pieces in whole orders.

    `lapsed` orders that held something for a while and were not paid, and `ended` ones of any
    length, are counted over `LOOK_BACK`.
    """

    orders: int
    full_orders: int
    lapsed: int
    ended: int


_PERSON = HoldLimit(orders=3, full_orders=2, lapsed=5, ended=20)
LIMITS: dict[Who, HoldLimit] = {
    "browser": _PERSON,
    "email": _PERSON,
    "address": HoldLimit(orders=15, full_orders=4, lapsed=25, ended=100),
}
LOOK_BACK = timedelta(hours=6)
MIN_LAPSE = timedelta(minutes=10)  # changing one's mind takes less, keeping goods from others more


def order_limits() -> OrderLimits:
    """Return what managers have set, or the defaults."""
    return OrderLimits.objects.first() or OrderLimits()


def pieces_problem(pieces: int) -> str:
    """Return why an order cannot hold so many pieces, in words for the customer, or ""."""
    most = order_limits().max_pieces
    return str(TooManyPieces(limit=most, pieces=pieces)) if pieces > most else ""


def refuse_too_much(visitor: Visitor, email: str, pieces: int, limits: OrderLimits) -> None:
    """Refuse an order of so many pieces if it, or the visitor's unpaid orders, hold too many.

    Until the transaction ends, whoever shares one of the three waits: orders at the same moment
    cannot pass each other. Raises TooManyPieces or HoldsTooMuch.
    """
    if pieces > limits.max_pieces:
        raise TooManyPieces(limit=limits.max_pieces, pieces=pieces)
    if not settings.LIMIT_HOLDS:
        return
    known = _hashes(visitor, email)
    lock_visitor(known.values())
    for who, held in _held(known).items():
        _refuse(who, held, pieces, limits)


def note_origin(
    order: Order, visitor: Visitor, email: str, pieces: int, limits: OrderLimits
) -> timedelta:
    """Note whose order it is, and return for how long it is held."""
    OrderOrigin.objects.create(order=order, pieces=pieces, **_hashes(visitor, email))
    if pieces < limits.large_from:
        return usual_hold()
    if not placed_by(order):  # that one is held as long as whoever placed it has said
        minutes = limits.large_minutes
        add_note(order, f"A large order: held for {minutes} minutes, if not paid before.")
    return timedelta(minutes=limits.large_minutes)


def hold_of(order: Order) -> timedelta:
    """Return for how long a further payment session of the order holds it."""
    limits = order_limits()
    large = OrderOrigin.objects.filter(order=order, pieces__gte=limits.large_from).exists()
    return timedelta(minutes=limits.large_minutes) if large else usual_hold()


def usual_hold() -> timedelta:
    """Return for how long an order is held while its customer pays."""
    return timedelta(minutes=settings.RESERVATION_MINUTES)


def note_end(order: Order, ended_at: datetime | None = None) -> None:
    """Note that an order was released unpaid; at its session's end, or now."""
    OrderOrigin.objects.filter(order=order).update(ended_at=ended_at or timezone.now())


def forget_old_origins(*, now: datetime | None = None) -> int:
    """Delete the hashes that no limit asks for any more; return how many rows there were."""
    return OrderOrigin.objects.filter(placed_at__lt=retention_cutoff("origins", now)).delete()[0]


def is_large(order: str) -> Exists:
    """Return the condition that an order is a large one; `order` is the column that names it."""
    default = OrderLimits().large_from
    large = Coalesce(Subquery(OrderLimits.objects.values("large_from")[:1]), default)
    return Exists(OrderOrigin.objects.order_by().filter(order=OuterRef(order), pieces__gte=large))


def _hashes(visitor: Visitor, email: str) -> dict[Who, str]:
    mail = salted_hmac("ordering.origin", normal_email(email), algorithm="sha256").hexdigest()
    known: dict[Who, str] = {"address": visitor.address, "browser": visitor.browser, "email": mail}
    return {who: value for who, value in known.items() if value}


def _refuse(who: Who, held: Counter[str], pieces: int, limits: OrderLimits) -> None:
    limit = LIMITS[who]
    most = limit.full_orders * limits.max_pieces
    if held["orders"] >= limit.orders or (held["orders"] and held["pieces"] + pieces > most):
        soon = True
    elif held["lapsed"] >= limit.lapsed or held["ended"] >= limit.ended:
        soon = False
    else:
        return
    logger.warning("an order was refused: one %s holds, or held, too much unpaid", who)
    raise HoldsTooMuch(soon=soon)


# Whose they are comes in the order of LIMITS. A hash that is not known is NULL: it equals nothing.
_HELD = """
SELECT browser = %(browser)s, email = %(email)s, address = %(address)s,
    count(*) FILTER (WHERE is_open),
    coalesce(sum(pieces) FILTER (WHERE is_open), 0),
    count(*) FILTER (WHERE ended_at >= placed_at + %(lapse)s),
    count(ended_at)
FROM ordering_orderorigin origin CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM ordering_paymentsession session
    WHERE session.order_id = origin.order_id AND session.state = ANY(%(payable)s)) AS is_open) held
WHERE (address = %(address)s OR browser = %(browser)s OR email = %(email)s)
    AND placed_at >= %(since)s
GROUP BY 1, 2, 3
"""


def _held(known: Mapping[Who, str]) -> dict[Who, Counter[str]]:
    """Return the counts of each of the three hashes; one statement."""
    hashes: dict[str, Any] = {who: known.get(who) for who in LIMITS}
    values = {
        **hashes,
        "lapse": MIN_LAPSE,
        "payable": list(PAYABLE),
        "since": timezone.now() - LOOK_BACK,
    }
    held: dict[Who, Counter[str]] = {who: Counter() for who in known}
    with connection.cursor() as cursor:
        cursor.execute(_HELD, values)
        for *is_theirs, orders, pieces, lapsed, ended in cursor:
            counts = {"orders": orders, "pieces": pieces, "lapsed": lapsed, "ended": ended}
            for who, is_its in zip(LIMITS, is_theirs, strict=True):
                if is_its:
                    held[who].update(counts)
    return held


@dataclass(frozen=True, slots=True)
class Holds:
    """One use of a voucher and amounts of gift cards (card id → amount).

    `voucher_once_for` is the e-mail address that the voucher counts as used by.
    """

    voucher_id: int | None = None
    voucher_once_for: str | None = None
    cards: Mapping[int, Decimal] = field(default_factory=dict)

    def uses_of(self, voucher_id: int) -> int:
        """Return how many uses of the voucher are held: one or none."""
        return int(self.voucher_id == voucher_id)

    def is_use_by(self, voucher_id: int, email: str) -> bool:
        """Say whether the held use of the voucher is the one that counts for this address."""
        return bool(self.uses_of(voucher_id)) and self.voucher_once_for == email

    def on_card(self, card_id: int) -> Decimal:
        """Return the amount that is held of a gift card."""
        return self.cards.get(card_id, Decimal(0))


NOTHING_HELD = Holds()


def holds_of(order: Order | None) -> Holds:
    """Return what a live order holds that was not paid; nothing without an order."""
    if order is None:
        return NOTHING_HELD
    placement = placement_of(order)
    return Holds(
        voucher_id=order.voucher_id,
        voucher_once_for=placement["voucher_once_for"],
        cards={int(pk): Decimal(amount) for pk, amount in placement["gift_cards"].items()},
    )


def holds_of_basket(token: UUID) -> Holds:
    """Return what the live order of this basket holds; a basket ends when its order is paid."""
    return holds_of(live_order_for_checkout(token))
