"""Store the order of a priced basket, in as many statements for twenty lines as for one.

Saleor's `prepare_order_data` and `create_order` are not called: they price the basket three times
over, write and allocate line by line, write the order twice, and give an order of the same basket
back whatever has become of it. What they store is stored here, from the sums that the customer was
shown; its models, events and plugin hooks stay Saleor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import get_language
from prices import Money, TaxedMoney
from saleor.account.models import Address
from saleor.account.utils import store_user_address
from saleor.checkout import AddressType
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.order.actions import order_created
from saleor.order.models import Order, OrderLine
from saleor.plugins.manager import get_plugins_manager
from saleor.product.models import Product, ProductVariant

from plugins.ordering.basket import Basket
from plugins.ordering.codes import discount_names
from plugins.ordering.line_discounts import store_line_discounts
from plugins.ordering.order_state import PLACEMENT_KEY, Placement
from plugins.ordering.order_taxes import store_order_taxes
from plugins.ordering.pricing import PricedBasket
from plugins.ordering.promo_codes import pay_with_cards, take_voucher
from plugins.ordering.saleor_patches import needs_translations
from plugins.ordering.stock_allocation import FreeStock, allocate
from plugins.ordering.totals import LineTotals, Totals
from product_content.languages import translated_text


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
