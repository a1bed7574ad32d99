"""Exchanges: which other sizes a customer may have for what comes back, and the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from prices import Money
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock

from plugins.fulfilment.models import LOOKED_AT, Return, ReturnLine
from plugins.fulfilment.policies import may_agree_exchange
from plugins.ordering.models import PieceState
from plugins.ordering.order_state import can_be_charged
from plugins.ordering.refund_lines import lines_left
from product_content.decisions import Decision
from product_content.languages import translated_text
from product_content.money import rounded
from product_content.prices import PRICED, unit_prices


@dataclass(frozen=True, slots=True)
class ExchangeOffer:
    """Another variant of the product of an order line; `price` and `difference` are for one piece.

    `difference` is what the customer pays for it on top of what was paid for the piece that comes
    back; below zero, that much goes back.
    """

    variant: ProductVariant
    price: Money
    difference: Money
    left: int

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
    left, prices, paid = _left(variants), unit_prices(variants), lines_left(order)
    return {
        line.pk: [
            _offer(line, variant, prices[variant.pk].price, paid[line.pk].each, left[variant.pk])
            for variant in variants
            if line.variant and _is_other_size(line.variant, variant)
        ]
        for line in lines
    }


def difference(line: OrderLine, price: Money, paid_each: Decimal) -> Money:
    """Return what is to be paid where a piece of the line becomes one that costs `price`.

    `paid_each` was paid for the piece; below zero, so much of it goes back. A promo code made the
    line cheaper, and makes the other size cheaper by the same share.
    """
    full = line.unit_price_gross_amount
    more = paid_each * (price.amount - full) / full if full else price.amount
    return Money(rounded(Decimal(more), line.currency), line.currency)


def _is_other_size(known: ProductVariant, other: ProductVariant) -> bool:
    return bool(other.product_id == known.product_id and other.pk != known.pk)


def _offer(
    line: OrderLine, variant: ProductVariant, price: Money, paid_each: Decimal, left: int
) -> ExchangeOffer:
    more = difference(line, price, paid_each)
    return ExchangeOffer(variant, price, more, max(left, 0))


def _variants(product_ids: Iterable[int]) -> list[ProductVariant]:
    sold = ProductVariant.objects.filter(product_id__in=product_ids, product__is_published=True)
    return list(sold.select_related("product").annotate(**PRICED).order_by("pk"))


def _left(variants: Iterable[ProductVariant]) -> Mapping[int, int]:
    stocks = Stock.objects.for_country(settings.DEFAULT_COUNTRY).annotate_available_quantity()
    pieces: Counter[int] = Counter()
    for stock in stocks.filter(product_variant__in=list(variants)):
        pieces[stock.product_variant_id] += stock.available_quantity
    return pieces


@dataclass(frozen=True, slots=True)
class Swap:
    """Pieces of a line of a return that become as many of another size, at the price shown."""

    returned: ReturnLine
    pieces: int
    offer: ExchangeOffer

    @property
    def difference(self) -> Money:
        """What the customer pays for all pieces; below zero, that much goes back."""
        return self.offer.difference * self.pieces


def to_pay(swaps: Sequence[Swap]) -> Money:
    """Return what the customer has to pay for all of them, or nothing.

    So little that the payment provider cannot take it is not asked for.
    """
    more = max(_sum(swaps), 0 * _sum(swaps))
    return more if can_be_charged(more).allowed else 0 * more


def to_refund(swaps: Sequence[Swap]) -> Money:
    """Return what goes back to the customer for all of them, or nothing."""
    return max(-1 * _sum(swaps), 0 * _sum(swaps))


def _sum(swaps: Sequence[Swap]) -> Money:
    first, *others = [swap.difference for swap in swaps]
    return sum(others, first)


def swaps_of(about: Return) -> list[Swap]:
    """Return what the replacement of this return would swap now; nothing that was refunded."""
    wanted = about.lines.filter(wanted__isnull=False, inspected__gt=0).select_related("line")
    lines = list(wanted.order_by("pk"))
    if not lines:
        return []
    offers, left = exchange_offers(about.order), lines_left(about.order)
    swaps = []
    for line in lines:
        known, refundable = left[line.line_id], left[line.line_id].pieces[PieceState.RETURNED]
        pieces = min(line.inspected, line.announced, refundable)
        swaps += [
            Swap(line, pieces, _as_shown(offer, line, known.each))
            for offer in offers[line.line_id]
            if pieces and offer.variant_id == line.wanted_id
        ]
    return swaps


def _as_shown(offer: ExchangeOffer, line: ReturnLine, paid_each: Decimal) -> ExchangeOffer:
    """Return the offer at the price that the customer was shown when they asked for it."""
    if line.shown_price is None:
        return offer
    price = Money(line.shown_price, offer.price.currency)
    return replace(offer, price=price, difference=difference(line.line, price, paid_each))


def may_agree(about: Return, swaps: Sequence[Swap]) -> Decision:
    """Say whether `agree_exchange` would be refused for the return itself; for staff."""
    return may_agree_exchange(
        inspected=about.state in LOOKED_AT,
        replaced=is_replaced(about),
        pieces=sum(swap.pieces for swap in swaps),
    )


def is_replaced(about: Return) -> bool:
    """Say whether a replacement was ordered for this return, and stands."""
    return about.replacement is not None and about.replacement.status != OrderStatus.CANCELED


def wanted_exchange(order: Order) -> Return | None:
    """Return the newest return that was looked at and for which other sizes are wanted."""
    wanted = order.returns.filter(state__in=LOOKED_AT, lines__wanted__isnull=False)
    return wanted.order_by("pk").last()


def swaps_now(order: Order) -> list[Swap]:
    """Return what a replacement would send now; nothing where none is to be sent."""
    about = wanted_exchange(order)
    swaps = swaps_of(about) if about else []
    return swaps if about and may_agree(about, swaps).allowed else []
