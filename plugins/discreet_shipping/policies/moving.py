"""May staff still send a placed order to another address? The reasons are for staff."""

from __future__ import annotations

from plugins.discreet_shipping.policies.situation import YES, Answer

DESTROY_LABEL = "Its label was printed with the old address. Destroy it, then tick the box below."
ELSEWHERE = "Somebody changed the address meanwhile. It stands above now; what you typed is kept."


def may_move(*, paid: bool, canceled: bool, sent: bool, packing: bool, collection: bool) -> Answer:
    """Say whether an order is at a point where its address can still be changed by staff."""
    if canceled:
        return False, "This order was cancelled: nothing of it is sent."
    if sent:
        return False, "A parcel of this order has left. Ask the carrier to send it elsewhere."
    if packing:
        return False, "Somebody is packing this order. Ask them to put it aside first."
    if not paid:
        return False, "This order is not paid. Until then its customer changes it in the checkout."
    if collection:
        return False, "It goes to a collection point. Its customer may choose another one."
    return YES


def move_fits(
    *, is_seen: bool, is_new: bool, is_served: bool, printed: bool, destroyed: bool
) -> Answer:
    """Say whether an order may go to this address now.

    `is_seen`: the address is still the one the person saw; `is_served`: the delivery method that
    was paid goes to its country; `printed`: there is a label with the old one, `destroyed` or not.
    """
    if not is_seen:
        return False, ELSEWHERE
    if not is_new:
        return False, "This is the address that it goes to already."
    if not is_served:
        return False, "The delivery that was paid does not go to this country. Cancel the order."
    if printed and not destroyed:
        return False, DESTROY_LABEL
    return YES
