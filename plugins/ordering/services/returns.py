"""Pieces come back: looked at, then back on the shelf or written off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from saleor.order.models import Order, OrderLine
from saleor.warehouse.management import increase_stock

from plugins.inventory.reasons import StockReason
from plugins.inventory.services import stock_reason
from plugins.ordering.errors import ReturnRefused
from plugins.ordering.marks import RETURN, RETURNED, ReturnState
from plugins.ordering.policies import may_restock, may_return
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.notes import note_order
from plugins.ordering.services.restock import home_of

_CHANGED = "Somebody noted a return of this order meanwhile. Look at what is left, then try again."


@transaction.atomic
def take_back(
    *,
    order_id: int,
    pieces: Mapping[int, int],
    sealed: bool,
    sound: bool,
    actor_id: int,
    seen: str | None = None,
    more: bool = False,
) -> bool:
    """Note returned `pieces` (order line id → pieces) and say whether they went back into stock.

    `sealed`: the hygiene seal is whole; `sound`: nothing is damaged. What may not be sold again
    is written off: it had left the stock when it was sent, so nothing moves. Money is given back
    by a refund, without restocking it a second time. `seen` is how many pieces had come back in all
    when the person decided, None where nobody looked; `more` of what came in waits to be looked at.
    Raises ReturnRefused.
    """
    order, _checkout = lock_order(order_id)
    back = returned_pieces(order)
    if seen is not None and seen != str(back.total()):
        raise ReturnRefused(_CHANGED)
    lines = list(order.lines.select_related("variant").filter(pk__in=pieces).order_by("pk"))
    _refuse(lines, pieces, back)
    restocked, why = may_restock(sealed=sealed, sound=sound)
    with stock_reason(reason=StockReason.RETURNED, actor_id=actor_id, order_id=order_id):
        for line in lines if restocked else ():
            _shelve(line, pieces[line.pk])
    order.store_value_in_private_metadata(
        {RETURNED: {str(line): count for line, count in (back + Counter(pieces)).items()}}
    )
    _mark(order, more=more)
    order.save(update_fields=["private_metadata"])
    what = f"written off: {why}" if why else "back into stock."
    message = f"Returned: {sum(pieces.values())}, {what}"
    note_order(order_id=order_id, message=message, actor_id=actor_id)
    return restocked


def returned_pieces(order: Order) -> Counter[int]:
    """Return how many pieces of each line have come back."""
    known = (order.private_metadata or {}).get(RETURNED, {})
    return Counter({int(line): count for line, count in known.items()})


def _refuse(lines: list[OrderLine], pieces: Mapping[int, int], back: Counter[int]) -> None:
    if not lines or len(lines) != len(pieces):
        raise ReturnRefused("Say which pieces came back.")
    for line in lines:
        allowed, why = may_return(
            wanted=pieces[line.pk], sent=line.quantity_fulfilled, returned=back[line.pk]
        )
        if not allowed:
            raise ReturnRefused(f"{line.product_sku}: {why}")


def _shelve(line: OrderLine, quantity: int) -> None:
    stock = home_of(line) if line.variant else None
    if stock is None:
        raise ReturnRefused(f"No warehouse keeps {line.product_sku} any more.")
    increase_stock(line, stock.warehouse, quantity)


def _mark(order: Order, *, more: bool) -> None:
    if more:
        order.store_value_in_private_metadata({RETURN: ReturnState.ARRIVED.value})
    else:
        order.delete_value_from_private_metadata(RETURN)
