"""Place an order from a basket: reserve first, pay later.

The order is stored in as many statements for twenty lines as for one. Saleor's `prepare_order_data`
and `create_order` are not called: they price the basket three times over, write and allocate line
by line, write the order twice, and give an order of the same basket back whatever has become of it.
What they store is stored here, from the sums that the customer was shown; its models, events and
plugin hooks stay Saleor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from prices import Money, TaxedMoney
from saleor.account.models import Address
from saleor.account.utils import store_user_address
from saleor.checkout import AddressType
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.order import OrderStatus
from saleor.order.actions import order_created
from saleor.order.models import Order, OrderLine
from saleor.plugins.manager import get_plugins_manager
from saleor.product.models import Product, ProductVariant

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.basket import Basket, read_around, read_locked_basket
from plugins.ordering.codes import discount_names
from plugins.ordering.discounts import store_line_discounts
from plugins.ordering.ending import BASKET_CHANGED, detach_from_basket, release_order, why_kept
from plugins.ordering.holds import Visitor, holds_of, note_origin, refuse_too_much, usual_hold
from plugins.ordering.locks import lock_checkout
from plugins.ordering.models import OrderLimits, PaymentSession
from plugins.ordering.order_state import PLACEMENT_KEY, Placement, can_be_charged, placement_of
from plugins.ordering.order_taxes import store_order_taxes
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
from plugins.ordering.promo_codes import pay_with_cards, remove_dead_cards, take_voucher
from plugins.ordering.saleor_patches import (
    needs_translations,
    one_configuration,
    use_configurations,
)
from plugins.ordering.stock_allocation import FreeStock, allocate, lock_stock_or_refuse
from plugins.ordering.totals import LineTotals, Totals
from product_content.languages import translated_text
from product_content.selectors.variants import not_for_sale


def store_order(
    basket: Basket, priced: PricedBasket, free: Sequence[FreeStock], fingerprint: str
) -> Order:
    """Store what was priced as an order, and take its stock, its voucher use and its cards.

    Runs in the transaction that locked the basket, its cards and its stock; `free` is what
    `lock_stock_or_refuse` left of that. `fingerprint` is kept to know an order of the same again.
    Raises PromoNotApplicable if the voucher was used up meanwhile, and what plugins refuse with.
    """
    get_plugins_manager().preprocess_order_creation(basket.checkout, basket.discounts)
    email = basket.checkout.get_customer_email()
    cards = priced.totals.gift_cards
    placement: Placement = {
        "basket": fingerprint,
        "gift_cards": {str(card.card_id): str(card.amount.amount) for card in cards},
        "voucher_once_for": take_voucher(priced.voucher, email) if priced.voucher else None,
    }
    order = _new_order(basket.checkout, priced, placement)
    lines = OrderLine.objects.bulk_create(
        order_line(line, sums, order)
        for line, sums in zip(basket.lines, priced.totals.lines, strict=True)
    )
    allocate(lines, free)
    pay_with_cards(order, basket.cards, cards)
    store_line_discounts(order, lines)
    store_order_taxes(order, lines, priced.totals.vat)
    order_created(order=order, user=basket.checkout.user or AnonymousUser())
    return order


def _new_order(checkout: Checkout, priced: PricedBasket, placement: Placement) -> Order:
    totals = priced.totals
    return Order.objects.create(
        checkout_token=checkout.token,
        user=checkout.user,
        user_email=checkout.get_customer_email(),
        language_code=get_language() or settings.LANGUAGE_CODE,
        tracking_client_id="",
        customer_note=checkout.note,
        total=TaxedMoney(net=totals.due - totals.tax, gross=totals.due),
        metadata=checkout.metadata,
        private_metadata={**(checkout.private_metadata or {}), PLACEMENT_KEY: placement},
        **_addresses(checkout),
        **_delivery(checkout, totals),
        **_discount(priced),
    )


def _addresses(checkout: Checkout) -> dict[str, Address]:
    """Copy the basket's addresses, so that a change of the one does not change the other."""
    kinds = {"billing_address": AddressType.BILLING}
    if checkout.is_shipping_required():
        kinds["shipping_address"] = AddressType.SHIPPING
    own = {name: getattr(checkout, name) for name in kinds}
    if checkout.user:  # into the account's address book, as Saleor does
        for name, address in own.items():
            store_user_address(checkout.user, address, kinds[name])
    copies = Address.objects.bulk_create(Address(**address.as_data()) for address in own.values())
    return dict(zip(own, copies, strict=True))


def _delivery(checkout: Checkout, totals: Totals) -> dict[str, Any]:
    if not checkout.is_shipping_required():
        return {}
    tax = totals.delivery_tax or totals.tax * 0
    return {
        "shipping_method": checkout.shipping_method,
        "shipping_method_name": str(checkout.shipping_method),
        "shipping_price": TaxedMoney(net=totals.delivery - tax, gross=totals.delivery),
        "weight": checkout.get_total_weight(),
    }


def _discount(priced: PricedBasket) -> dict[str, Any]:
    taken: Money = priced.totals.discount
    if priced.voucher is None and not taken.amount:
        return {}
    return {"voucher": priced.voucher, "discount": taken, **discount_names(priced.voucher)}


def order_line(line: CheckoutLine, sums: LineTotals, order: Order) -> OrderLine:
    """Return the unsaved order line of a basket line at the price that was computed for it."""
    variant, product = line.variant, line.variant.product
    net = ((sums.total - sums.tax) / sums.quantity).quantize()
    price = TaxedMoney(net=net, gross=sums.unit_price)
    return OrderLine(
        order=order,
        product_name=str(product),
        variant_name=str(variant),
        translated_product_name=_translated(product),
        translated_variant_name=_translated(variant),
        product_sku=variant.sku,
        is_shipping_required=variant.is_shipping_required(),
        quantity=line.quantity,
        variant=variant,
        unit_price=price,
        tax_rate=price.tax / price.net if price.net.amount else Decimal(0),
    )


def _translated(thing: Product | ProductVariant) -> str:
    if not needs_translations():
        return ""
    own = str(thing)
    name = str(thing.translated)  # what staff wrote in Saleor's table goes first
    name = translated_text(own) if name == own else name
    return "" if name == own else name


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
    limits what is held unpaid (`plugins.ordering.holds`); None is for the shop itself.
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
