"""From a locked basket to an order that holds its stock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from saleor.account.models import Address
from saleor.checkout.calculations import checkout_subtotal
from saleor.checkout.models import Checkout
from saleor.checkout.utils import create_order, prepare_order_data
from saleor.discount.models import NotApplicable
from saleor.order.models import Order

from plugins.inventory.reasons import StockReason
from plugins.inventory.services import stock_reason
from plugins.ordering.errors import (
    BasketEmpty,
    BasketIncomplete,
    PromoNotApplicable,
    TotalTooSmall,
)
from plugins.ordering.models import PaymentSession
from plugins.ordering.selectors import can_be_charged
from plugins.ordering.services.basket import Basket
from plugins.ordering.services.delivery import delivery_applies
from plugins.ordering.services.notes import PLACEMENT, Placement
from plugins.ordering.services.promo import refuse_spent_cards, reprice_voucher, spent_by_card
from plugins.ordering.services.stock import reserve_or_refuse

# The provider's session starts a moment after ours and must still last its shortest time.
OPENING_MARGIN = timedelta(minutes=1)


def create_order_from(basket: Basket) -> Order:
    """Check, price, reserve and create; must run in the transaction that locked the basket."""
    _refuse_incomplete(basket)
    refuse_spent_cards(basket.cards, timezone.localdate())
    reprice_voucher(basket.checkout, basket.lines, basket.discounts)
    _refuse_delivery(basket)
    placement = _placement(basket)
    reserve_or_refuse(basket.lines, basket.checkout.get_country())
    with stock_reason(reason=StockReason.ORDER_PLACED):
        order = _create(basket, placement)
    _refuse_uncharged(order)
    _note_spent_cards(order, basket, placement)
    new_session(order)
    return order


def new_session(order: Order) -> PaymentSession:
    """Add the session in which the order is to be paid."""
    total = order.total.gross
    lifetime = timedelta(minutes=settings.RESERVATION_MINUTES) + OPENING_MARGIN
    return PaymentSession.objects.create(
        order=order,
        amount_value=total.amount,
        currency=total.currency,
        expires_at=timezone.now() + lifetime,
    )


def _refuse_incomplete(basket: Basket) -> None:
    checkout = basket.checkout
    if not basket.lines:
        raise BasketEmpty
    if not checkout.get_customer_email() or checkout.billing_address is None:
        raise BasketIncomplete("address")
    if checkout.is_shipping_required() and checkout.shipping_address is None:
        raise BasketIncomplete("address")
    if checkout.is_shipping_required() and checkout.shipping_method is None:
        raise BasketIncomplete("delivery")


def _refuse_delivery(basket: Basket) -> None:
    checkout = basket.checkout
    if not checkout.is_shipping_required():
        return
    subtotal = checkout_subtotal(checkout=checkout, lines=basket.lines, discounts=basket.discounts)
    allowed, _reason = delivery_applies(checkout, subtotal.gross)
    if not allowed:
        raise BasketIncomplete("delivery")


def _placement(basket: Basket) -> Placement:
    return {"basket": basket.fingerprint, "gift_cards": {}, "voucher_once_for": None}


def _create(basket: Basket, placement: Placement) -> Order:
    checkout = basket.checkout
    data = _order_data(basket)
    voucher = data.get("voucher")
    if voucher is not None and voucher.apply_once_per_customer:
        placement["voucher_once_for"] = checkout.get_customer_email()
    # create_order copies this to the order; the basket itself is not saved.
    checkout.private_metadata = {**(checkout.private_metadata or {}), PLACEMENT: placement}
    actor = checkout.user or AnonymousUser()
    return create_order(checkout=checkout, order_data=data, user=actor, redirect_url="")


def _order_data(basket: Basket) -> dict[str, Any]:
    try:
        data = prepare_order_data(
            checkout=basket.checkout,
            lines=basket.lines,
            tracking_code="",
            discounts=basket.discounts,
        )
    except NotApplicable as error:
        raise PromoNotApplicable from error
    return data | _own_addresses(basket.checkout, data)


def _own_addresses(checkout: Checkout, data: dict[str, Any]) -> dict[str, Address]:
    """Copy what the order would share with the basket, so that neither changes the other."""
    shared = {checkout.billing_address_id, checkout.shipping_address_id}
    names = [
        name
        for name in ("billing_address", "shipping_address")
        if data.get(name) is not None and data[name].pk in shared
    ]
    copies = [Address(**data[name].as_data()) for name in names]
    return dict(zip(names, Address.objects.bulk_create(copies), strict=True))


def _refuse_uncharged(order: Order) -> None:
    allowed, why = can_be_charged(order.total_gross)
    if not allowed:
        raise TotalTooSmall(why)  # the transaction ends: nothing is reserved or spent


def _note_spent_cards(order: Order, basket: Basket, placement: Placement) -> None:
    if not basket.cards:
        return
    placement["gift_cards"] = spent_by_card(basket.cards)
    order.store_value_in_private_metadata({PLACEMENT: placement})
    order.save(update_fields=["private_metadata"])
