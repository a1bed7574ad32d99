"""Returns: expected, arrived, looked at; then restocked or written off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from saleor.order.models import Order, OrderLine

from plugins.ordering.locks import lock_order
from plugins.ordering.order_state import (
    RETURN_STATE_KEY,
    ReturnState,
    note_order,
)
from plugins.ordering.outcomes import ReturnRefused
from plugins.ordering.pieces import pieces_of
from plugins.ordering.policies import may_change_return_state, may_restock, may_return
from plugins.ordering.stock_allocation import NoWarehouse, take_back
from product_content.decisions import Decision

_CHANGED = "Somebody noted a return of this order meanwhile. Look at what is left, then try again."


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
    by a refund, without restocking it a second time. `expected_version` is how many
    pieces had come back in all when the person decided, None where nobody looked; `more` of what
    came in waits to be looked at. Raises ReturnRefused.
    """
    order, _checkout = lock_order(order_id)
    back = returned_pieces(order)
    if expected_version is not None and expected_version != str(back.total()):
        raise ReturnRefused(_CHANGED)
    lines = list(order.lines.select_related("variant").filter(pk__in=pieces).order_by("pk"))
    _refuse(lines, pieces, back)
    restocked, why = may_restock(sealed=sealed, sound=sound)
    try:
        take_back(order, pieces, sealed=sealed, restock=restocked, actor_id=actor_id)
    except NoWarehouse as gone:
        raise ReturnRefused(f"No warehouse keeps {gone} any more.") from gone
    _set_state(order, more=more)
    order.save(update_fields=["private_metadata"])
    what = f"written off: {why}" if why else "back into stock."
    message = f"Returned: {sum(pieces.values())}, {what}"
    note_order(order_id=order_id, message=message, actor_id=actor_id)
    return restocked


def returned_pieces(order: Order) -> Counter[int]:
    """Return how many pieces of each line have come back; lines without are out."""
    return +Counter({line_id: row.returned for line_id, row in pieces_of(order).items()})


def _refuse(lines: list[OrderLine], pieces: Mapping[int, int], back: Counter[int]) -> None:
    if not lines or len(lines) != len(pieces):
        raise ReturnRefused("Say which pieces came back.")
    for line in lines:
        allowed, why = may_return(
            wanted=pieces[line.pk], sent=line.quantity_fulfilled, returned=back[line.pk]
        )
        if not allowed:
            raise ReturnRefused(f"{line.product_sku}: {why}")


def _set_state(order: Order, *, more: bool) -> None:
    if more:
        order.store_value_in_private_metadata({RETURN_STATE_KEY: ReturnState.ARRIVED.value})
    else:
        order.delete_value_from_private_metadata(RETURN_STATE_KEY)


_STATE_NOTES = {
    ReturnState.EXPECTED: "The customer sends something back.",
    ReturnState.ARRIVED: "A return came in. Its pieces are to be looked at.",
    None: "The customer keeps it after all: no return is expected.",
}


@transaction.atomic
def set_return_state(*, order_id: int, state: ReturnState | None, actor_id: int) -> None:
    """Note how far a return has got; None says that it does not come. Raises ReturnRefused.

    `take_back` ends it, once the pieces were looked at.
    """
    order, _checkout = lock_order(order_id)
    allowed, why = may_set_return_state(order, state)
    if not allowed:
        raise ReturnRefused(why)
    if state is None:
        order.delete_value_from_private_metadata(RETURN_STATE_KEY)
    else:
        order.store_value_in_private_metadata({RETURN_STATE_KEY: state.value})
    order.save(update_fields=["private_metadata"])
    note_order(order_id=order_id, message=_STATE_NOTES[state], actor_id=actor_id)


def may_set_return_state(order: Order, state: ReturnState | None) -> Decision:
    """Say whether `set_return_state` would note this now, and if not, why."""
    sent = sum(order.lines.values_list("quantity_fulfilled", flat=True))
    return may_change_return_state(
        now=(order.private_metadata or {}).get(RETURN_STATE_KEY, ""),
        wanted=state.value if state else "",
        out=sent - returned_pieces(order).total(),
    )
