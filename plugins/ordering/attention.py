"""Orders that need somebody to look: flags for staff, resolved by them or by what has changed.

A dispute flags an order; so does a shelf that cannot serve it. A count says what is there, so it is
booked also where orders have reserved more. Those are then served first that are being packed, then
the paid ones, then the others, the oldest first; what is left without its pieces is flagged. That
flag goes by itself once the pieces are there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from prices import Money
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.quantities import quantities_changed, with_available
from plugins.ordering.locks import lock_order
from plugins.ordering.models import Dispute, DisputeState, OrderFlag
from plugins.ordering.order_state import (
    DISPUTE,
    DISPUTE_LOST,
    STOCK_SHORT,
    add_note,
    attention_reasons,
    flag_locked_order,
    flag_quietly,
    is_being_packed,
    is_paid,
    note_order,
    settle_flags,
    unneeded_payments,
)
from plugins.ordering.outcomes import ResolveRefused
from plugins.ordering.policies import may_resolve
from plugins.ordering.refund_plans import payment_of_charge, refundable_amount
from plugins.ordering.sold_cards import stop_disputed_card
from product_content.decisions import Decision, refused


@transaction.atomic
def flag_order(*, order_id: int, reason: str, message: str) -> None:
    """Flag an order for staff, once per reason; `message` goes into its history."""
    order, _checkout = lock_order(order_id)
    if reason not in attention_reasons(order):
        flag_locked_order(order, reason, message)


@transaction.atomic
def unflag_order(*, order_id: int, reason: str) -> None:
    """Take one reason for attention away; other reasons stay."""
    order, _checkout = lock_order(order_id)
    settle_flags(order, reason=reason)


@transaction.atomic
def resolve_attention(*, order_id: int, expected_version: str, reason: str, actor_id: int) -> None:
    """Remove all flags after a person looked, so that the order can go on.

    `expected_version` is the version of the flags that the person saw; `reason` is kept in the
    history. Raises ResolveRefused.
    """
    order, _checkout = lock_order(order_id)
    decision = may_be_resolved(order)
    if decision.allowed and expected_version != attention_version(order):
        decision = refused("Something else came up meanwhile. Look at the time line again.")
    if not decision.allowed:
        raise ResolveRefused(decision.reason)
    settle_flags(order, actor_id=actor_id)
    note_order(order_id=order_id, message=f"Looked at, and settled: {reason}", actor_id=actor_id)


def attention_version(order: Order) -> str:
    """Return the version of the order's flags, for forms to send back as `expected_version`."""
    return ",".join(str(flag.pk) for flag in order.flags.filter(settled_at=None))


def may_be_resolved(order: Order) -> Decision:
    """Say whether `resolve_attention` would remove the flags now, and if not, why."""
    reasons = attention_reasons(order)
    is_over = order.status == OrderStatus.CANCELED or is_paid(order)
    return may_resolve(
        flagged=bool(reasons),
        disputed=DISPUTE in reasons,
        lost=DISPUTE_LOST in reasons,
        sent=order.status == OrderStatus.FULFILLED,
        unapplied=not is_over and refundable_amount(order).amount > 0,
    )


def is_unneeded_payment(*, order_id: int, raw_id: str) -> bool:
    """Say whether this charge pays for nothing and is to be given back."""
    return raw_id in unneeded_payments(Order.objects.get(pk=order_id))


_WORDS = {DisputeState.OPEN: "was opened", DisputeState.LOST: "was lost"}


@transaction.atomic
def record_dispute(
    *,
    provider: str,
    raw_id: str,
    reference: str,
    amount: Money,
    state: DisputeState,
    reason: str = "",
) -> bool:
    """Book what a provider says about a dispute of the charge `raw_id`; again changes nothing.

    While it is open, and once it is lost, that money is not ours: the order is flagged, nothing
    of it is refunded or counted as taken. `reason` is the bank's, for staff. Older news than what
    is known is left out. Returns False if the charge is not in our books.
    """
    payment = payment_of_charge(provider, raw_id)
    if payment is None:
        return False
    order, _checkout = lock_order(payment.order_id)
    dispute, _created = Dispute.objects.get_or_create(
        reference=reference,
        defaults={
            "payment": payment,
            "amount_value": amount.amount,
            "currency": amount.currency,
        },
    )
    if state == DisputeState.OPEN and dispute.state != DisputeState.OPEN:
        return True
    dispute.state, dispute.amount_value = state, amount.amount
    dispute.save(update_fields=["state", "amount_value", "updated_at"])
    stop_disputed_card(order, state, refundable_amount(order).amount)
    _flag(payment.order_id, amount, state, reason)
    return True


def _flag(order_id: int, amount: Money, state: DisputeState, reason: str) -> None:
    if state in _WORDS:
        message = (
            f"A dispute about {amount.amount} {amount.currency} {_WORDS[state]} ({reason}). "
            "See Stripe."
        )
        lost = state == DisputeState.LOST
        flag_order(order_id=order_id, reason=DISPUTE_LOST if lost else DISPUTE, message=message)
    if state != DisputeState.OPEN:
        unflag_order(order_id=order_id, reason=DISPUTE)
    if state == DisputeState.WON:  # also on appeal, after it was lost
        unflag_order(order_id=order_id, reason=DISPUTE_LOST)


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
