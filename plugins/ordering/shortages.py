"""Orders that the shelf cannot serve: flagged when fewer pieces are there than orders reserve.

A count says what is there, so it is booked also where orders have reserved more. Those are then
served first that are being packed, then the paid ones, then the others, the oldest first; what is
left without its pieces is flagged for staff. The flag goes by itself once the pieces are there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from saleor.order.models import Order
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.quantities import with_available
from plugins.inventory.signals import quantities_changed
from plugins.ordering.attention import unflag_order
from plugins.ordering.locks import lock_order
from plugins.ordering.models import OrderFlag
from plugins.ordering.order_state import (
    STOCK_SHORT,
    add_note,
    attention_reasons,
    flag_quietly,
    is_being_packed,
    is_paid,
)

Missing = Counter[str]  # pieces that an order lacks, by SKU


def connect() -> None:
    """Look at the orders whenever quantities were set; connecting again changes nothing."""
    quantities_changed.connect(_after_commit, dispatch_uid="ordering.shortages")


def _after_commit(*, stock_ids: Sequence[int], **_: Any) -> None:
    # Orders are locked before stocks, and these are locked now: so afterwards.
    transaction.on_commit(partial(review_changed_stocks, tuple(stock_ids)), robust=True)


def review_changed_stocks(stock_ids: Sequence[int]) -> None:
    """Review shortages if one of these stocks is short, or some order waits for pieces."""
    if _short_stocks().filter(pk__in=stock_ids).exists() or _flagged().exists():
        review_shortages()


def review_shortages() -> list[int]:
    """Flag the orders that cannot be served, and take the flag off those that can.

    Returns the ids of all that are flagged now, oldest first.
    """
    with transaction.atomic():
        orders = {pk: lock_order(pk)[0] for pk in _concerned_orders()}
        missing = _missing(orders)
        for pk, order in orders.items():
            _write(order, missing.get(pk, Counter()))
    return [pk for pk in orders if missing.get(pk)]


def short_orders(variant_ids: Iterable[int]) -> list[int]:
    """Return the ids of the flagged orders that hold pieces of these variants, oldest first."""
    holding = Allocation.objects.filter(
        stock__product_variant_id__in=variant_ids, quantity_allocated__gt=0
    )
    orders = _flagged().filter(pk__in=holding.values("order_line__order_id"))
    return list(orders.order_by("pk").values_list("pk", flat=True))


def _short_stocks() -> QuerySet[Stock]:
    return with_available(Stock.objects.all()).filter(available__lt=0)


def _flagged() -> QuerySet[Order]:
    return Order.objects.filter(
        Exists(OrderFlag.objects.filter(order=OuterRef("pk"), reason=STOCK_SHORT, settled_at=None))
    )


def _concerned_orders() -> list[int]:
    holding = Allocation.objects.filter(stock__in=_short_stocks(), quantity_allocated__gt=0)
    ids = set(holding.values_list("order_line__order_id", flat=True))
    return sorted(ids | set(_flagged().values_list("pk", flat=True)))


@dataclass(frozen=True)
class Claim:
    """What one order has reserved of one stock, in pieces."""

    order_id: int
    pieces: int


def unserved(claims: Iterable[Claim], on_hand: int) -> dict[int, int]:
    """Return the pieces that orders lack, by order; `claims` are in the order of serving."""
    lacking = {}
    for claim in claims:
        if claim.pieces <= on_hand:
            on_hand -= claim.pieces
        else:
            lacking[claim.order_id] = claim.pieces - on_hand
    return lacking


def _missing(orders: Mapping[int, Order]) -> dict[int, Missing]:
    """Return what each of the locked orders lacks, the short stocks locked by pk."""
    ids = list(_short_stocks().order_by("pk").values_list("pk", flat=True))
    stocks = Stock.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    rank = {pk: _rank(order) for pk, order in orders.items()}
    missing: dict[int, Missing] = defaultdict(Counter)
    for stock in stocks.select_related("product_variant"):
        claims = [claim for claim in _claims(stock) if claim.order_id in rank]
        claims.sort(key=lambda claim: rank[claim.order_id])
        for order_id, pieces in unserved(claims, stock.quantity).items():
            missing[order_id][stock.product_variant.sku] += pieces
    return missing


def _rank(order: Order) -> tuple[bool, bool, int]:
    return (not is_being_packed(order), not is_paid(order), order.pk)


def _claims(stock: Stock) -> list[Claim]:
    held: Counter[int] = Counter()
    rows = stock.allocations.filter(quantity_allocated__gt=0).values_list(
        F("order_line__order_id"), "quantity_allocated"
    )
    for order_id, pieces in rows:
        held[order_id] += pieces
    return [Claim(order_id, pieces) for order_id, pieces in held.items()]


def _write(order: Order, missing: Missing) -> None:
    known = STOCK_SHORT in attention_reasons(order)
    if missing and not known:
        what = ", ".join(f"{pieces} of {sku}" for sku, pieces in sorted(missing.items()))
        flag_quietly(order, STOCK_SHORT, f"The shelf is short: this order lacks {what}.")
    elif known and not missing:
        unflag_order(order_id=order.pk, reason=STOCK_SHORT)
        add_note(order, "The pieces that this order lacked are there again.")
