"""Returns: how long they may be sent, announced, arrived, looked at; restocked or written off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from saleor.order.models import Order

from plugins.fulfilment.exchanges import exchange_offers
from plugins.fulfilment.models import (
    OPEN_RETURNS,
    Return,
    ReturnLine,
    ReturnReason,
    ReturnState,
    ReturnStep,
    Shipment,
    ShipmentState,
    ShipmentStep,
)
from plugins.fulfilment.packing import shipments_of
from plugins.fulfilment.policies import (
    ReturnRefused,
    is_as_shown,
    may_announce,
    may_change_return,
    may_exchange,
    may_restock,
    may_return,
    may_send_back,
)
from plugins.fulfilment.replacements import flag_replaced, is_to_be_paid
from plugins.fulfilment.signals import return_changed
from plugins.ordering.locks import lock_order
from plugins.ordering.models import PieceState
from plugins.ordering.order_messages import sells_gift_card
from plugins.ordering.order_state import add_note, note_order
from plugins.ordering.pieces import pieces_of
from plugins.ordering.refund_lines import lines_left
from plugins.ordering.refund_plans import is_refunded
from plugins.ordering.signals import order_anonymised, order_paid
from plugins.ordering.stock_allocation import NoWarehouse, take_back
from product_content.decisions import Decision

# A parcel of which nobody told us that it arrived counts as arrived then: no carrier that we use
# takes longer, and the customer must not lose days that the law gives.
MAX_DAYS_ON_THE_WAY = 7


def last_day_without_reason(order: Order) -> date | None:
    """Return the last day in the shop's time zone, or None where nothing has left yet."""
    arrived = arrived_on(order)
    return arrived + timedelta(days=settings.RETURN_DAYS) if arrived else None


def arrived_on(order: Order) -> date | None:
    """Return the day on which the last parcel arrived, as far as is known; None if none left."""
    return max((_arrived_on(shipment) for shipment in shipments_of(order)), default=None)


def is_in_time(order: Order) -> bool:
    """Say whether the customer needs no reason today; of a parcel without a date it is so."""
    last = last_day_without_reason(order)
    return last is None or timezone.localdate() <= last


def _arrived_on(shipment: Shipment) -> date:
    told = ShipmentStep.objects.filter(shipment=shipment, state=ShipmentState.DELIVERED)
    at = told.order_by("pk").values_list("at", flat=True).first()
    if at is not None:
        return _day(at)
    return _day(shipment.parcel.created) + timedelta(days=MAX_DAYS_ON_THE_WAY)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


_CHANGED = "Somebody noted a return of this order meanwhile. Look at what is left, then try again."
_NOTES = {
    ReturnState.ANNOUNCED: "The customer announced a return.",
    ReturnState.EXPECTED: "The customer sends something back.",
    ReturnState.ARRIVED: "A return came in. Its pieces are to be looked at.",
    ReturnState.WITHDRAWN: "The customer keeps it after all: no return is expected.",
    ReturnState.CLOSED: "The return is closed.",
}


def open_return(order: Order) -> Return | None:
    """Return the return of this order that nobody has looked at in full yet, if there is one."""
    return Return.objects.filter(order=order, state__in=OPEN_RETURNS).first()


def returned_in_all(order: Order) -> int:
    """Return how many pieces of the order have come back so far."""
    return sum(row.returned for row in pieces_of(order).values())


def returnable_pieces(order: Order) -> dict[int, int]:
    """Return how many pieces of each line the customer may send back, by line id.

    They have them, and nobody has given the money back. A gift card is none that comes back.
    """
    if sells_gift_card(order):
        return {}
    out = {line_id: row.out for line_id, row in pieces_of(order).items() if row.out > 0}
    if not out or is_refunded(order):
        return {}
    left = lines_left(order)
    pieces = {pk: min(count, left[pk].pieces[PieceState.SENT]) for pk, count in out.items()}
    return {line_id: count for line_id, count in pieces.items() if count > 0}


def returns_version(order: Order) -> str:
    """Return the version of what has come back, for forms to send back as expected."""
    return str(returned_in_all(order))


@transaction.atomic
def announce_return(
    *,
    order_id: int,
    pieces: Mapping[int, int],
    reason: str = ReturnReason.NONE,
    sealed: bool | None = None,
    message: str = "",
    wanted: Mapping[int, int] | None = None,
    shown: Mapping[int, Decimal] | None = None,
) -> Return:
    """Note which pieces (order line id → pieces) the customer is going to send back.

    `sealed` is what they say of the hygiene seals; `reason` and `message` may be empty. `wanted`
    (order line id → variant id) are sizes asked for in exchange, and `shown` (order line id →
    amount) the difference that the customer was shown for one piece, None where nobody was shown
    any. At that price `agree_exchange` sends them; nothing is reserved before. Raises
    ReturnRefused, in words for the customer.
    """
    order, _checkout = lock_order(order_id)
    known, now = returnable_pieces(order), _state_of(open_return(order))
    for line_id, count in (pieces or {0: 0}).items():
        _require(may_announce(now=now, wanted=count, out=known.get(line_id, 0)))
    _require(may_send_back(reason=reason, sealed=sealed, in_time=is_in_time(order)))
    sizes = {line_id: size for line_id, size in (wanted or {}).items() if line_id in pieces}
    prices = _prices_of_sizes(order, pieces, sizes, shown or {})
    announced = _new_return(
        order, ReturnState.ANNOUNCED, reason=reason, sealed=sealed, message=message
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(
            belongs_to=announced,
            line_id=line_id,
            announced=count,
            wanted_id=sizes.get(line_id),
            shown_price=prices.get(line_id),
        )
        for line_id, count in sorted(pieces.items())
    )
    _move(announced, ReturnState.ANNOUNCED, actor_id=None)
    return announced


def _prices_of_sizes(
    order: Order,
    pieces: Mapping[int, int],
    sizes: Mapping[int, int],
    shown: Mapping[int, Decimal],
) -> dict[int, Decimal]:
    """Return what a piece of each size costs, by line id; refuse what cannot be had, or so.

    Several lines may ask for the same size.
    """
    offers = exchange_offers(order) if sizes else {}
    asked: Counter[int] = Counter()
    prices = {}
    for line_id, variant_id in sizes.items():
        asked[variant_id] += pieces[line_id]
        offer = next((o for o in offers[line_id] if o.variant_id == variant_id), None)
        _require(may_exchange(wanted=asked[variant_id], left=offer.left if offer else 0))
        if offer is not None:
            _require(is_as_shown(shown.get(line_id), offer.difference))
            prices[line_id] = offer.price.amount
    return prices


@transaction.atomic
def set_return_state(*, order_id: int, state: ReturnState, actor_id: int | None) -> None:
    """Note how far the order's return has got, and begin one where there is none.

    `actor_id` is None for the customer. `record_return` ends it, once the pieces were looked at.
    Raises ReturnRefused.
    """
    order, _checkout = lock_order(order_id)
    _require(may_set_return_state(order, state))
    _move(open_return(order) or _new_return(order, state), state, actor_id=actor_id)


def may_set_return_state(order: Order, state: ReturnState) -> Decision:
    """Say whether `set_return_state` would note this now, and if not, why, for staff."""
    return may_change_return(
        now=_state_of(open_return(order)),
        wanted=state,
        out=sum(row.out for row in pieces_of(order).values()),
    )


@transaction.atomic
def record_return(
    *,
    order_id: int,
    pieces: Mapping[int, int],
    sealed: bool,
    sound: bool,
    actor_id: int,
    expected_version: str | None = None,
    more: bool = False,
) -> bool:
    """Note returned `pieces` (order line id → pieces) and say whether they went back into stock.

    `sealed`: the hygiene seal is whole; `sound`: nothing is damaged. What may not be sold again
    is written off: it had left the stock when it was sent, so nothing moves. Money is given back
    by a refund, which puts nothing back a second time. `expected_version` is what
    `returns_version` said when the person decided, None where nobody looked; `more` of what came
    in waits to be looked at. Raises ReturnRefused.
    """
    order, _checkout = lock_order(order_id)
    if expected_version is not None and expected_version != returns_version(order):
        raise ReturnRefused(_CHANGED)
    _refuse(order, pieces)
    replaced = Return.objects.filter(replacement=order).first()
    if replaced:
        flag_replaced(replaced, f"Pieces of its replacement, order {order_id}, came back.")
    inspected = open_return(order) or _new_return(order, ReturnState.ARRIVED)
    restocked, why = may_restock(sealed=sealed, sound=sound)
    try:
        take_back(
            order,
            pieces,
            sealed=sealed,
            restock=restocked,
            actor_id=actor_id,
            reference=_reference(inspected),
        )
    except NoWarehouse as gone:
        raise ReturnRefused(f"No warehouse keeps {gone} any more.") from gone
    _count(inspected, pieces)
    state = ReturnState.ARRIVED if more else ReturnState.INSPECTED
    _move(inspected, state, actor_id=actor_id, quiet=True)
    what = f"written off: {why}" if why else "back into stock."
    message = f"Returned: {sum(pieces.values())}, {what}"
    note_order(order_id=order_id, message=message, actor_id=actor_id)
    return restocked


@transaction.atomic
def close_returns(*, order_id: int, actor_id: int | None) -> None:
    """Close the order's returns that were looked at: nothing more is to be done about them."""
    lock_order(order_id)
    done = Return.objects.filter(order_id=order_id, state=ReturnState.INSPECTED).order_by("pk")
    for each in done:
        _move(each, ReturnState.CLOSED, actor_id=actor_id)


@transaction.atomic
def close_settled_returns(*, order_id: int, actor_id: int | None) -> bool:
    """Close the order's returns once nothing that came back is left to refund; say whether so.

    For after a refund or an exchange: until its last piece is settled, a return stays to do.
    """
    order, _checkout = lock_order(order_id)
    if any(left.pieces[PieceState.RETURNED] for left in lines_left(order).values()):
        return False
    if any(is_to_be_paid(about) for about in order.returns.filter(state=ReturnState.INSPECTED)):
        return False
    close_returns(order_id=order_id, actor_id=actor_id)
    return True


def _reference(about: Return) -> str:
    return f"return {about.pk}"


def _state_of(about: Return | None) -> str:
    return about.state if about else ""


def _require(decision: Decision) -> None:
    if not decision.allowed:
        raise ReturnRefused(decision.reason)


def _refuse(order: Order, pieces: Mapping[int, int]) -> None:
    lines = {line.pk: line for line in order.lines.filter(pk__in=pieces).order_by("pk")}
    known = pieces_of(order)
    if not lines or len(lines) != len(pieces):
        raise ReturnRefused("Say which pieces came back.")
    for line in lines.values():
        allowed, why = may_return(wanted=pieces[line.pk], out=known[line.pk].out)
        if not allowed:
            raise ReturnRefused(f"{line.product_sku}: {why}")


def last_inspected(order: Order) -> Return | None:
    """Return the newest return of this order that was looked at and not closed, if there is one."""
    return Return.objects.filter(order=order, state=ReturnState.INSPECTED).order_by("pk").last()


def _new_return(order: Order, state: ReturnState, **told: str | bool | None) -> Return:
    """Store the order's next return; `_move` writes its first step."""
    number = Return.objects.filter(order=order).count() + 1
    return Return.objects.create(order=order, number=number, state=state, **told)


def _count(inspected: Return, pieces: Mapping[int, int]) -> None:
    for line_id, count in pieces.items():
        ReturnLine.objects.get_or_create(belongs_to=inspected, line_id=line_id)
        known = ReturnLine.objects.filter(belongs_to=inspected, line_id=line_id)
        known.update(inspected=F("inspected") + count)


def _move(about: Return, state: ReturnState, *, actor_id: int | None, quiet: bool = False) -> None:
    """Store the state with its step; `quiet` where the caller writes the order's note itself."""
    about.state = state
    about.save(update_fields=["state"])
    ReturnStep.objects.create(belongs_to=about, state=state, actor_id=actor_id)
    if not quiet and actor_id is not None:
        note_order(order_id=about.order_id, message=_NOTES[state], actor_id=actor_id)
    elif not quiet:
        add_note(about.order, _NOTES[state])
    return_changed.send(Return, order_id=about.order_id, return_id=about.pk, state=state.value)


def connect() -> None:
    """Have what customers wrote erased with their orders, and paid exchanges end returns."""
    order_anonymised.connect(_erase_messages, dispatch_uid="fulfilment-messages")
    order_paid.connect(_difference_paid, dispatch_uid="fulfilment-difference-paid")


def _difference_paid(sender: object, *, order_id: int, **_more: Any) -> None:
    """Close the return that this order replaces, if nothing else of it is left to settle."""
    for about in Return.objects.filter(replacement_id=order_id):
        close_settled_returns(order_id=about.order_id, actor_id=None)


def _erase_messages(sender: object, *, order_id: int, **_more: Any) -> None:
    """Erase what the customer wrote; what came back, and when, stays with the amounts."""
    Return.objects.filter(order_id=order_id).exclude(message="").update(message="")
