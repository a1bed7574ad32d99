"""What is in a basket: its lines with their products, its sales, its gift cards, its delivery."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext
from prices import Money
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import DiscountInfo
from saleor.discount.utils import fetch_discounts
from saleor.giftcard.models import GiftCard
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone

from plugins.ordering.holds import Holds
from plugins.ordering.locks import lock_gift_cards
from plugins.ordering.policies import price_fits, weight_fits
from plugins.ordering.saleor_patches import needs_translations
from product_content.decisions import Decision, refused
from product_content.parsing import normal_email


@dataclass(frozen=True)
class Basket:
    """A checkout, its lines with their products, its sales and its gift cards by code.

    `holds` is what the basket's own unpaid order holds.
    """

    checkout: Checkout
    lines: list[CheckoutLine]
    discounts: list[DiscountInfo]
    cards: list[GiftCard]
    holds: Holds

    @property
    def pieces(self) -> int:
        """How many pieces all its lines hold."""
        return sum(line.quantity for line in self.lines)


def read_locked_basket(checkout: Checkout, holds: Holds) -> Basket:
    """Read the lines of a locked checkout and lock its gift cards."""
    discounts = fetch_discounts(timezone.now())
    cards = _lock_cards(checkout)
    prefetch_related_objects(
        [checkout], Prefetch("lines", queryset=_lines_with_products(discounts))
    )
    checkout.email = normal_email(checkout.email)
    return Basket(checkout, list(checkout.lines.all()), discounts, cards, holds)


def read_basket(checkout: Checkout, holds: Holds) -> Basket:
    """Read a checkout to be looked at; nothing is locked."""
    discounts = fetch_discounts(timezone.now())
    cards = list(checkout.gift_cards.all())
    return Basket(checkout, list(checkout.lines.all()), discounts, cards, holds)


def _lock_cards(checkout: Checkout) -> list[GiftCard]:
    in_baskets = Checkout.gift_cards.through.objects.filter(checkout_id=checkout.pk)
    ids = list(in_baskets.order_by("giftcard__code").values_list("giftcard_id", flat=True))
    if ids:
        return sorted(lock_gift_cards(pk__in=ids), key=lambda card: ids.index(card.pk))
    # Saleor asks for the cards four times over; none there is what it shall find.
    prefetch_related_objects([checkout], Prefetch("gift_cards", queryset=GiftCard.objects.none()))
    return []


def _lines_with_products(discounts: list[DiscountInfo]) -> QuerySet[CheckoutLine]:
    lines = CheckoutLine.objects.select_related(
        "variant__product__product_type", "variant__product__safety_card"
    )
    if needs_translations():
        lines = lines.prefetch_related("variant__translations", "variant__product__translations")
    # A sale may be for a collection; without sales nothing asks for the collections.
    return lines.prefetch_related("variant__product__collections") if discounts else lines


def delivery_applies(checkout: Checkout, subtotal: Money) -> Decision:
    """Say whether the basket's method serves its address, price and weight.

    The reason is a sentence for the customer. Saleor's own query is not used: it drops weight
    methods that have no minimum.
    """
    method = checkout.shipping_method
    if method.currency != subtotal.currency:
        return refused(gettext("It is not offered at the moment."))
    if not _serves(method.shipping_zone, checkout.shipping_address.country.code):
        return refused(gettext("It does not go to your country."))
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
