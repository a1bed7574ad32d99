"""Which other sizes a customer may have for a piece, at which price, and how many are left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from prices import Money
from saleor.discount.utils import fetch_discounts
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock

from plugins.ordering.line_discounts import rounded
from product_content.languages import translated_text


@dataclass(frozen=True, slots=True)
class ExchangeOffer:
    """Another variant of the product of an order line; `price` is today's, for one piece.

    `is_dearer`: more than one piece of the line cost before promo codes.
    """

    variant: ProductVariant
    price: Money
    left: int
    is_dearer: bool

    @property
    def variant_id(self) -> int:
        """The id of the variant."""
        return int(self.variant.pk)

    @property
    def name(self) -> str:
        """The name of the size, in the active language."""
        return translated_text(self.variant.name)


def exchange_offers(order: Order) -> dict[int, list[ExchangeOffer]]:
    """Return the other variants for each line of the order, by line id; of some none are left.

    A line whose product is sold in one size, or is not sold any more, has none.
    """
    lines = list(order.lines.select_related("variant").order_by("pk"))
    variants = _variants({line.variant.product_id for line in lines if line.variant})
    left, sales = _left(variants), fetch_discounts(timezone.now())
    return {
        line.pk: [
            _offer(line, variant, variant.get_price(sales), left[variant.pk])
            for variant in variants
            if line.variant and _is_other_size(line.variant, variant)
        ]
        for line in lines
    }


def money_back_for(line: OrderLine, price: Money, paid_each: Decimal) -> Decimal:
    """Return what of `paid_each` goes back where one piece becomes one that costs `price`.

    A promo code made the line cheaper, and makes the other size cheaper by the same share.
    """
    full = line.unit_price_gross_amount
    if not full or price.amount >= full:
        return Decimal("0.00")
    return rounded(paid_each * (full - price.amount) / full)


def _is_other_size(known: ProductVariant, other: ProductVariant) -> bool:
    return bool(other.product_id == known.product_id and other.pk != known.pk)


def _offer(line: OrderLine, variant: ProductVariant, price: Money, left: int) -> ExchangeOffer:
    is_dearer = price.amount > line.unit_price_gross_amount
    return ExchangeOffer(variant, price, max(left, 0), is_dearer)


def _variants(product_ids: Iterable[int]) -> list[ProductVariant]:
    sold = ProductVariant.objects.filter(
        product_id__in=product_ids, product__is_published=True
    ).select_related("product")
    return list(sold.prefetch_related("product__collections").order_by("pk"))


def _left(variants: Iterable[ProductVariant]) -> Mapping[int, int]:
    stocks = Stock.objects.for_country(settings.DEFAULT_COUNTRY).annotate_available_quantity()
    pieces: Counter[int] = Counter()
    for stock in stocks.filter(product_variant__in=list(variants)):
        pieces[stock.product_variant_id] += stock.available_quantity
    return pieces
