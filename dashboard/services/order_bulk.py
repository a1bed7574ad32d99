"""The same step for several orders, one after the other; what one refuses stops no other.

Each order is locked, changed and committed by itself through the service that its own page uses.
Nothing here gives money back or takes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from plugins.order_emails.errors import SendRefused
from plugins.order_emails.models import UNSENT, EmailState, OutgoingEmail
from plugins.order_emails.services import send_again
from plugins.ordering.errors import CancelRefused
from plugins.ordering.services import note_order, release_order

MOST = 50  # ending an unpaid order asks the payment provider, about a second each
_TOLD_OF_PARCELS = ("sent", "partly_sent")
_NOT_ENDED = {
    "paid": "it is paid. Cancel it on its own page, where its money is seen.",
    "kept": "a payment may be under way, or needs a look. See its page.",
    "already_released": "it was over before.",
}


@dataclass(frozen=True)
class BulkOutcome:
    """Ids of the orders for which it was done, and of the others by the reason."""

    done: tuple[int, ...]
    refused: dict[str, tuple[int, ...]]


def each_order(order_ids: Iterable[int], do: Callable[[int], None]) -> BulkOutcome:
    """Do something to each order. `do` takes an order's id; it may refuse."""
    done, refused = [], defaultdict(list)
    for order_id in order_ids:
        try:
            do(order_id)
        except (CancelRefused, SendRefused) as why:
            refused[str(why)].append(order_id)
        else:
            done.append(order_id)
    return BulkOutcome(tuple(done), {why: tuple(ids) for why, ids in refused.items()})


def tell_again_of_parcel(order_id: int) -> None:
    """Send the newest e-mail about a parcel of this order once more. Raises SendRefused."""
    emails = OutgoingEmail.objects.filter(order_id=order_id, kind__in=_TOLD_OF_PARCELS)
    if emails.filter(state__in=UNSENT).exists():
        raise SendRefused("such an e-mail is about to go out.")
    newest = emails.filter(state=EmailState.SENT).order_by("-pk").first()
    if newest is None:
        raise SendRefused("no e-mail told that it is on its way.")
    send_again(email_id=newest.pk)


def end_unpaid(order_id: int, *, reason: str, actor_id: int) -> None:
    """Cancel an order that is not paid: its pieces are free again. Raises CancelRefused.

    An order that is paid, or that somebody may be paying, stays as it is.
    """
    outcome = release_order(order_id=order_id, reason=reason)
    if outcome.state != "released":
        raise CancelRefused(_NOT_ENDED[outcome.state])
    note_order(order_id=order_id, message=f"Cancelled as unpaid: {reason}", actor_id=actor_id)
