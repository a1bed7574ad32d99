"""A member of staff who gives money back while processes are killed."""

from __future__ import annotations

import random
import threading
import time
from functools import partial

from prices import Money

_PATIENCE = 120  # seconds until the clerk gives up
_ORDERS = 2  # per round
GOODWILL = Money("1.00", "GBP")


class Clerk(threading.Thread):
    """Takes orders that were paid before: refunds one whole, one in part, cancels the next.

    Another is sent, comes back in part, and is refunded for what came back.

    What fails is asked again under the same key, as by somebody who sends the form once more.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.orders = _paid_and_untouched()
        self.done = 0

    def run(self) -> None:
        from django.db import connection

        for order_id in self.orders:
            self.done += _until_done(partial(_give_back, order_id))
        connection.close()


def _paid_and_untouched() -> list[int]:
    from saleor.order.models import Order

    from plugins.ordering.order_state import is_paid

    orders = Order.objects.exclude(status="canceled").filter(refunds=None).order_by("pk")
    return [order.pk for order in orders if is_paid(order)][:_ORDERS]


def _give_back(order_id: int) -> None:
    from plugins.ordering.refunds import cancel_order, request_refund

    ask = partial(request_refund, order_id=order_id, key=f"staff-{order_id}", reason="Storm")
    acts = (
        partial(ask, restock=True),
        partial(ask, amount=GOODWILL),
        partial(cancel_order, order_id=order_id, actor_id=None, reason="Storm"),
        partial(_send_and_take_back, order_id),
    )
    acts[order_id % len(acts)]()


def _send_and_take_back(order_id: int) -> None:
    """Send both pieces, have one announced and back, refund it; each step once, whatever is killed."""
    from saleor.order.models import Order

    from plugins.fulfilment.packing import fulfil
    from plugins.fulfilment.returns import (
        announce_return,
        close_settled_returns,
        open_return,
        record_return,
        returned_in_all,
    )
    from plugins.ordering.models import PieceState
    from plugins.ordering.pieces import pieces_to_send
    from plugins.ordering.refunds import request_refund

    order, staff = Order.objects.get(pk=order_id), _staff()
    one = {order.lines.get().pk: 1}
    if left := pieces_to_send(order):
        fulfil(order_id=order_id, pieces=left, actor_id=staff)
    if not returned_in_all(order) and open_return(order) is None:
        announce_return(order_id=order_id, pieces=one, sealed=True)
    if not returned_in_all(order):
        record_return(order_id=order_id, pieces=one, sealed=True, sound=True, actor_id=staff)
    request_refund(
        order_id=order_id, key=f"staff-{order_id}", reason="Storm", lines=one,
        which=dict.fromkeys(one, PieceState.RETURNED),
    )  # fmt: skip
    close_settled_returns(order_id=order_id, actor_id=staff)


def _staff() -> int:
    from saleor.account.models import User

    clerk, _ = User.objects.get_or_create(email="clerk@example.org", defaults={"is_staff": True})
    return clerk.pk


def _until_done(act) -> bool:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if _tried(act):
            return True
        time.sleep(random.uniform(0.1, 0.5))
    return False


def _tried(act) -> bool:
    from django.db import Error, connection

    try:
        act()
    except Error:
        connection.close()  # the database was killed: connect afresh
        return False
    return True
