"""Place an order from a basket: reserve first, pay later."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from saleor.checkout.models import Checkout
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.errors import BasketGone, PaymentUnavailable
from plugins.ordering.plugin import one_configuration
from plugins.ordering.results import PlacedOrder
from plugins.ordering.services.basket import Basket, read_basket
from plugins.ordering.services.create import create_order_from
from plugins.ordering.services.locks import lock_checkout
from plugins.ordering.services.notes import placement_of
from plugins.ordering.services.release import BASKET_CHANGED, detach, release_order

_ROUNDS = 3


@dataclass(frozen=True)
class _Stale:
    """A live order that no longer matches its basket."""

    order_id: int


def place_order(*, checkout_token: UUID, user_id: int | None = None) -> PlacedOrder:
    """Reserve the basket's stock and make its order, in one transaction; nothing is charged.

    The same basket again, at once or later, gives the same order (`created` False). A basket
    that was changed since first releases the order made from it. The basket itself is kept
    until it is paid. `user_id` is the signed-in visitor; the order belongs to the basket's
    own user, so a guest's order is never put into an account.

    Raises a subclass of OrderRefused: BasketGone, BasketEmpty, BasketIncomplete, SoldOut,
    PromoNotApplicable, TotalTooSmall, or PaymentUnavailable when an earlier payment of this
    basket cannot be closed now.
    """
    for _ in range(_ROUNDS):
        answer = _place_or_find(checkout_token, user_id)
        if isinstance(answer, PlacedOrder):
            return answer
        # Outside the transaction: it asks the payment provider.
        if release_order(order_id=answer.order_id, reason=BASKET_CHANGED).state == "kept":
            raise PaymentUnavailable
    raise PaymentUnavailable


def _place_or_find(token: UUID, user_id: int | None) -> PlacedOrder | _Stale:
    with transaction.atomic(), one_configuration():
        checkout = lock_checkout(token)
        if checkout is None:
            return _order_of_paid_basket(token)
        _refuse_strangers(checkout, user_id)
        live = _live_order(token)
        basket = read_basket(checkout)
        if live is None:
            return _answer(create_order_from(basket), created=True)
        return _answer(live, created=False) if _matches(live, basket) else _Stale(live.pk)


def _order_of_paid_basket(token: UUID) -> PlacedOrder:
    order = Order.objects.filter(checkout_token=str(token)).first()
    if order is None:
        raise BasketGone
    return _answer(order, created=False)


def _refuse_strangers(checkout: Checkout, user_id: int | None) -> None:
    if checkout.user_id is not None and checkout.user_id != user_id:
        raise BasketGone


def _live_order(token: UUID) -> Order | None:
    order_id = Order.objects.order_by().filter(checkout_token=str(token)).values_list("pk").first()
    if order_id is None:
        return None
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id[0])
    if order.status == OrderStatus.CANCELED:
        detach(order)  # canceled by staff: the basket may be ordered again
        return None
    return order


def _matches(order: Order, basket: Basket) -> bool:
    return placement_of(order)["basket"] == basket.fingerprint


def _answer(order: Order, *, created: bool) -> PlacedOrder:
    return PlacedOrder(order.pk, order.token, str(order.pk), order.total.gross, created)
