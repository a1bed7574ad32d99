"""How much one visitor may hold without paying, so that nobody keeps the goods from all others.

A visitor is an internet address (of IPv6 the network), a browser and an e-mail address. Many
people share the first, as in a clinic or with a mobile carrier, so its limits are wide; an attacker
changes the other two at will, and their limits are there for whoever does not. All three are kept
as keyed hashes, for a day.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac
from saleor.order.models import Order

from plugins.ordering.locks import lock_visitor
from plugins.ordering.models import PAYABLE, OrderLimits, OrderOrigin, PaymentSession
from plugins.ordering.order_state import add_note
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
    for who, value in known.items():
        _refuse(who, OrderOrigin.objects.filter(**{who: value}), pieces, limits)


def note_origin(
    order: Order, visitor: Visitor, email: str, pieces: int, limits: OrderLimits
) -> timedelta:
    """Note whose order it is, and return for how long it is held."""
    OrderOrigin.objects.create(order=order, pieces=pieces, **_hashes(visitor, email))
    if pieces < limits.large_from:
        return usual_hold()
    add_note(order, f"A large order: held for {limits.large_minutes} minutes, if not paid before.")
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


def _refuse(who: Who, rows: QuerySet[OrderOrigin], pieces: int, limits: OrderLimits) -> None:
    limit, held = LIMITS[who], _held(rows)
    most = limit.full_orders * limits.max_pieces
    if held["orders"] >= limit.orders or (held["orders"] and held["pieces"] + pieces > most):
        soon = True
    elif held["lapsed"] >= limit.lapsed or held["ended"] >= limit.ended:
        soon = False
    else:
        return
    logger.warning("an order was refused: one %s holds, or held, too much unpaid", who)
    raise HoldsTooMuch(soon=soon)


def _held(rows: QuerySet[OrderOrigin]) -> dict[str, int]:
    session = PaymentSession.objects.filter(order=OuterRef("order"), state__in=PAYABLE)
    recent = rows.filter(placed_at__gte=timezone.now() - LOOK_BACK)
    return recent.annotate(is_open=Exists(session)).aggregate(
        orders=Count("pk", filter=Q(is_open=True)),
        pieces=Sum("pieces", filter=Q(is_open=True), default=0),
        lapsed=Count("pk", filter=Q(ended_at__gte=F("placed_at") + MIN_LAPSE)),
        ended=Count("pk", filter=Q(ended_at__isnull=False)),
    )
