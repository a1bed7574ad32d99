"""A locked basket with everything that placing needs: content, prices, fingerprint, delivery."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import DiscountInfo
from saleor.discount.utils import fetch_discounts
from saleor.giftcard.models import GiftCard
from saleor.plugins.manager import get_plugins_manager
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone

from plugins.ordering.locks import lock_gift_cards
from plugins.ordering.policies import price_fits, weight_fits
from plugins.ordering.saleor_patches import needs_translations
from product_content.decisions import Decision, refused
from product_content.parsing import normal_email


def basket_fingerprint(
    checkout: Checkout, discounts: Iterable[DiscountInfo], card_ids: Sequence[int]
) -> str:
    """Return a SHA-256 of lines, today's prices, delivery, addresses, codes, note and choices.

    Prices belong to it: a customer who places again after a price change pays the price
    that the page shows, not the one of the order before. It is a hash, so nothing of an
    address can be read from it.
    """
    content = {
        "lines": sorted(_line_content(line, discounts) for line in checkout.lines.all()),
        "method": checkout.shipping_method_id,
        "delivery": _delivery_price(checkout, discounts),
        "to": _address_content(checkout.shipping_address),
        "bill": _address_content(checkout.billing_address),
        "email": checkout.get_customer_email(),
        "code": checkout.voucher_code,
        "cards": sorted(card_ids),
        "note": checkout.note,
        "chosen": checkout.metadata or {},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _line_content(line: CheckoutLine, discounts: Iterable[DiscountInfo]) -> list[str]:
    price = line.variant.get_price(discounts)
    return [str(line.variant_id), str(line.quantity), str(price.amount)]


def _delivery_price(checkout: Checkout, discounts: Iterable[DiscountInfo]) -> str:
    """Return the price with what plugins add to it for the basket's choices."""
    if checkout.shipping_method is None:
        return ""
    lines = list(checkout.lines.all())
    price = get_plugins_manager().calculate_checkout_shipping(checkout, lines, discounts)
    return str(price.gross.amount)


def _address_content(address: Address | None) -> dict[str, str]:
    return {key: str(value) for key, value in address.as_data().items()} if address else {}


@dataclass(frozen=True)
class Basket:
    """A locked checkout, its lines with their products, its sales and locked gift cards."""

    checkout: Checkout
    lines: list[CheckoutLine]
    discounts: list[DiscountInfo]
    cards: list[GiftCard]

    @property
    def fingerprint(self) -> str:
        """Hash of the basket's content at today's prices."""
        return basket_fingerprint(self.checkout, self.discounts, [card.pk for card in self.cards])


def read_basket(checkout: Checkout) -> Basket:
    """Read the lines of a locked checkout and lock its gift cards."""
    discounts = fetch_discounts(timezone.now())
    cards = _lock_cards(checkout)
    prefetch_related_objects(
        [checkout], Prefetch("lines", queryset=_lines_with_products(discounts))
    )
    checkout.email = normal_email(checkout.email)
    return Basket(checkout, list(checkout.lines.all()), discounts, cards)


def _lock_cards(checkout: Checkout) -> list[GiftCard]:
    ids = list(
        Checkout.gift_cards.through.objects.filter(checkout_id=checkout.pk).values_list(
            "giftcard_id", flat=True
        )
    )
    if ids:
        return lock_gift_cards(pk__in=ids)
    # Saleor asks for the cards four times over; none there is what it shall find.
    prefetch_related_objects([checkout], Prefetch("gift_cards", queryset=GiftCard.objects.none()))
    return []


def _lines_with_products(discounts: list[DiscountInfo]) -> QuerySet[CheckoutLine]:
    lines = CheckoutLine.objects.select_related("variant__product__product_type")
    if needs_translations():
        lines = lines.prefetch_related("variant__translations", "variant__product__translations")
    # A sale may be for a collection; without sales nothing asks for the collections.
    return lines.prefetch_related("variant__product__collections") if discounts else lines


def delivery_applies(checkout: Checkout, subtotal: Money) -> Decision:
    """Say whether the basket's method serves its address, price and weight.

    Saleor's own query is not used: it drops weight methods that have no minimum.
    """
    method = checkout.shipping_method
    if method.currency != subtotal.currency:
        return refused("another currency")
    if not _serves(method.shipping_zone, checkout.shipping_address.country.code):
        return refused("another country")
    if method.type == ShippingMethodType.PRICE_BASED:
        return price_fits(subtotal, method.minimum_order_price, method.maximum_order_price)
    return _weight_fits(method, checkout)


def _serves(zone: ShippingZone, country: str) -> bool:
    if not zone.default:
        return country in _codes(zone)
    # The default zone serves the rest of the world: countries that no other zone names.
    others = ShippingZone.objects.filter(default=False, countries__contains=country)
    return not others.filter(shipping_methods__isnull=False).exists()


def _codes(zone: ShippingZone) -> set[str]:
    return {country.code for country in zone.countries}


def _weight_fits(method: ShippingMethod, checkout: Checkout) -> Decision:
    minimum, maximum = method.minimum_order_weight, method.maximum_order_weight
    return weight_fits(
        checkout.get_total_weight().g,
        None if minimum is None else minimum.g,
        None if maximum is None else maximum.g,
    )
