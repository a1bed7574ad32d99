"""Returns that nobody has looked at yet: on their way, or here and unopened."""

from __future__ import annotations

from django.db import transaction
from saleor.order.models import Order

from plugins.ordering.errors import ReturnRefused
from plugins.ordering.marks import RETURN, ReturnState
from plugins.ordering.policies import Answer, may_await_return
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.notes import note_order
from plugins.ordering.services.returns import returned_pieces

_NOTES = {
    ReturnState.EXPECTED: "The customer sends something back.",
    ReturnState.ARRIVED: "A return came in. Its pieces are to be looked at.",
    None: "The customer keeps it after all: no return is expected.",
}


@transaction.atomic
def await_return(*, order_id: int, state: ReturnState | None, actor_id: int) -> None:
    """Note how far a return has got; None says that it does not come. Raises ReturnRefused.

    `take_back` ends it, once the pieces were looked at.
    """
    order, _checkout = lock_order(order_id)
    allowed, why = may_be_awaited(order, state)
    if not allowed:
        raise ReturnRefused(why)
    if state is None:
        order.delete_value_from_private_metadata(RETURN)
    else:
        order.store_value_in_private_metadata({RETURN: state.value})
    order.save(update_fields=["private_metadata"])
    note_order(order_id=order_id, message=_NOTES[state], actor_id=actor_id)


def may_be_awaited(order: Order, state: ReturnState | None) -> Answer:
    """Say whether `await_return` would note this now, and if not, why."""
    sent = sum(order.lines.values_list("quantity_fulfilled", flat=True))
    return may_await_return(
        now=(order.private_metadata or {}).get(RETURN, ""),
        wanted=state.value if state else "",
        out=sent - returned_pieces(order).total(),
    )
