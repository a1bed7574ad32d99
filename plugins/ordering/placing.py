"""Place an order from a basket: reserve first, pay later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from prices import Money
from saleor.checkout.models import Checkout
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.basket import Basket, read_around, read_locked_basket
from plugins.ordering.hold_limits import Visitor, note_origin, refuse_too_much, usual_hold
from plugins.ordering.holds import holds_of
from plugins.ordering.locks import lock_checkout
from plugins.ordering.models import OrderLimits, PaymentSession
from plugins.ordering.new_order import store_order
from plugins.ordering.order_state import can_be_charged, placement_of
from plugins.ordering.outcomes import (
    BasketEmpty,
    BasketGone,
    BasketIncomplete,
    DeliveryGone,
    NotForSale,
    OrdersPaused,
    PaymentUnavailable,
    PlacedOrder,
    PromoNotApplicable,
    ShownChanged,
    TotalTooSmall,
)
from plugins.ordering.pricing import (
    Picture,
    PricedBasket,
    fingerprint,
    picture_of,
    price_basket,
    read_signed,
)
from plugins.ordering.promo_codes import remove_dead_cards
from plugins.ordering.releasing import BASKET_CHANGED, detach_from_basket, release_order, why_kept
from plugins.ordering.saleor_patches import one_configuration, use_configurations
from plugins.ordering.stock_allocation import lock_stock_or_refuse
from product_content.languages import translated_text
from product_content.selectors.variants import not_for_sale

_MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class _StaleOrder:
    """A live order that no longer matches its basket."""

    order_id: int


@dataclass(frozen=True)
class _Offer:
    """A locked basket, what it costs now, and the picture of both."""

    basket: Basket
    priced: PricedBasket
    picture: Picture

    @property
    def fingerprint(self) -> str:
        """The hash by which an order of this very basket is known again."""
        return fingerprint(self.basket, self.picture)


def place_order(
    *,
    checkout_token: UUID,
    user_id: int | None = None,
    shown: str | None = None,
    visitor: Visitor | None = None,
    hold: timedelta | None = None,
) -> PlacedOrder:
    """Reserve the basket's stock and make its order, in one transaction; nothing is charged.

    `shown` is the signed picture of what the customer saw (`plugins.ordering.pricing`). An order is
    made of exactly that, or refused. None is for callers that show nothing to anyone, such as
    the demo; text that is no picture of ours, "" above all, is refused.

    The same basket again, at once or later, gives the same order (`created` False). A basket
    that was changed since first releases the order made from it. The basket itself is kept
    until it is paid. `user_id` is the signed-in visitor; the order belongs to the basket's
    own user, so a guest's order is never put into an account. `visitor` is who sent the form, and
    limits what is held unpaid (`plugins.ordering.hold_limits`); None is for the shop itself.
    `hold` is for how long it is held unpaid where that is not as usual.

    Raises a subclass of OrderRefused: BasketGone, BasketEmpty, BasketIncomplete, DeliveryGone,
    NotForSale, OrdersPaused, ShownChanged, SoldOut, PromoNotApplicable, TotalTooSmall,
    TooManyPieces, HoldsTooMuch, PaymentProcessing when an earlier order of this basket is being
    paid by bank debit, or PaymentUnavailable when its payment cannot be closed now.
    """
    for _ in range(_MAX_ATTEMPTS):
        answer = _place_or_find(checkout_token, user_id, shown, visitor, hold)
        if isinstance(answer, PlacedOrder):
            return answer
        # Outside the transaction: it asks the payment provider.
        if release_order(order_id=answer.order_id, reason=BASKET_CHANGED).state == "kept":
            raise why_kept(answer.order_id)
    raise PaymentUnavailable


def _place_or_find(
    token: UUID,
    user_id: int | None,
    shown: str | None,
    visitor: Visitor | None,
    hold: timedelta | None,
) -> PlacedOrder | _StaleOrder:
    with transaction.atomic(), one_configuration():
        checkout = lock_checkout(token)
        if checkout is None:
            return _order_of_paid_basket(token)
        _refuse_other_users(checkout, user_id)
        around = read_around(checkout)
        use_configurations(around.configurations)
        live = _live_order(around.order_id)
        offer = _offer(read_locked_basket(checkout, around, holds_of(live)))
        if around.pause and (live is None or not _matches(live, offer)):
            raise OrdersPaused(around.pause)  # an order that is there already can be paid
        if shown is not None:
            _refuse_unshown(offer, read_signed(shown))
        if live is None:
            if offer.priced.left_out_codes and shown is None:
                raise PromoNotApplicable  # whoever was shown the basket was told so
            made = _create_order_from(offer, visitor, around.limits, hold)
            return _placed(made, created=True)
        return _placed(live, created=False) if _matches(live, offer) else _StaleOrder(live.pk)


def _offer(basket: Basket) -> _Offer:
    priced = price_basket(basket)
    return _Offer(basket, priced, picture_of(basket, priced))


def _refuse_unshown(offer: _Offer, shown: Picture | None) -> None:
    """Refuse what can be put right first, then all that differs from what was shown."""
    _refuse_incomplete(offer)
    if shown != offer.picture:
        raise ShownChanged(shown=shown, now=offer.picture)


def _order_of_paid_basket(token: UUID) -> PlacedOrder:
    order = Order.objects.filter(checkout_token=str(token)).first()
    if order is None:
        raise BasketGone
    return _placed(order, created=False)


def _refuse_other_users(checkout: Checkout, user_id: int | None) -> None:
    if checkout.user_id is not None and checkout.user_id != user_id:
        raise BasketGone


def _live_order(order_id: int | None) -> Order | None:
    if order_id is None:
        return None
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    if order.status == OrderStatus.CANCELED:
        detach_from_basket(order)  # cancelled by staff: the basket may be ordered again
        return None
    return order


def _matches(order: Order, offer: _Offer) -> bool:
    return placement_of(order)["basket"] == offer.fingerprint


def _placed(order: Order, *, created: bool) -> PlacedOrder:
    return PlacedOrder(order.pk, order.token, str(order.pk), order.total.gross, created)


# The provider's session starts a moment after ours and must still last its shortest time.
OPENING_MARGIN = timedelta(minutes=1)


def _create_order_from(
    offer: _Offer, visitor: Visitor | None, limits: OrderLimits, hold: timedelta | None
) -> Order:
    """Reserve and create; must run in the transaction that locked the basket and priced it."""
    basket = offer.basket
    _refuse_incomplete(offer)
    if visitor is not None:
        refuse_too_much(visitor, _email(basket), basket.pieces, limits)
    remove_dead_cards(basket.checkout, offer.priced.left_out)
    free = lock_stock_or_refuse(basket.lines, basket.checkout.get_country())
    _refuse_small_total(offer.priced.totals.due)
    with stock_reason(reason=StockReason.ORDER_PLACED, to_the_end=True):
        order = store_order(basket, offer.priced, free, offer.fingerprint)
        usual = usual_hold()
        if visitor is not None:
            usual = note_origin(order, visitor, _email(basket), basket.pieces, limits)
        new_session(order, hold or usual)
    return order


def _email(basket: Basket) -> str:
    return str(basket.checkout.get_customer_email())


def new_session(order: Order, hold: timedelta) -> PaymentSession:
    """Add the session in which the order is to be paid, and which holds it for `hold`."""
    total = order.total.gross
    return PaymentSession.objects.create(
        order=order,
        amount_value=total.amount,
        currency=total.currency,
        expires_at=timezone.now() + hold + OPENING_MARGIN,
    )


def _refuse_incomplete(offer: _Offer) -> None:
    checkout = offer.basket.checkout
    if not offer.basket.lines:
        raise BasketEmpty
    _refuse_demo_goods(offer.basket)
    if not checkout.get_customer_email() or checkout.billing_address is None:
        raise BasketIncomplete("address")
    if checkout.is_shipping_required():
        _refuse_without_delivery(checkout, offer.priced)


def _refuse_demo_goods(basket: Basket) -> None:
    """Refuse goods whose maker's papers are missing, where the shop may not sell such goods."""
    reasons = {
        line.variant.product.name: not_for_sale(line.variant.product.safety_card.papers)
        for line in basket.lines
        if hasattr(line.variant.product, "safety_card")
    }
    names = tuple(translated_text(name) for name, reason in reasons.items() if reason)
    if names:
        raise NotForSale(names, next(filter(None, reasons.values())))


def _refuse_without_delivery(checkout: Checkout, priced: PricedBasket) -> None:
    if checkout.shipping_address is None:
        raise BasketIncomplete("address")
    if priced.left_out_delivery is not None:
        raise DeliveryGone(priced.left_out_delivery)
    if checkout.shipping_method is None:
        raise BasketIncomplete("delivery")


def _refuse_small_total(due: Money) -> None:
    allowed, why = can_be_charged(due)
    if not allowed:
        raise TotalTooSmall(why)
