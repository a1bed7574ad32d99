"""A locked basket with everything that placing needs, read in few queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import DiscountInfo
from saleor.discount.utils import fetch_discounts
from saleor.giftcard.models import GiftCard

from plugins.ordering.services.fingerprint import basket_fingerprint
from plugins.ordering.services.locks import lock_gift_cards
from plugins.ordering.services.saleor_mends import needs_translations


@dataclass(frozen=True)
class Basket:
    """A locked checkout, its lines with their products, its sales and locked gift cards."""

    checkout: Checkout
    lines: list[CheckoutLine]
    discounts: list[DiscountInfo]
    cards: list[GiftCard]

    @property
    def fingerprint(self) -> str:
        """Mark of the basket's content at today's prices."""
        return basket_fingerprint(self.checkout, self.discounts, [card.pk for card in self.cards])


def read_basket(checkout: Checkout) -> Basket:
    """Read the lines of a locked checkout and lock its gift cards."""
    discounts = fetch_discounts(timezone.now())
    cards = _lock_cards(checkout)
    prefetch_related_objects([checkout], Prefetch("lines", queryset=_lines(discounts)))
    checkout.email = checkout.email.strip().lower()
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


def _lines(discounts: list[DiscountInfo]) -> QuerySet[CheckoutLine]:
    lines = CheckoutLine.objects.select_related("variant__product__product_type")
    if needs_translations():
        lines = lines.prefetch_related("variant__translations", "variant__product__translations")
    # A sale may be for a collection; without sales nothing asks for the collections.
    return lines.prefetch_related("variant__product__collections") if discounts else lines
