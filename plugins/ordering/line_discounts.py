"""What a promo code took off each line of an order, stored when the order is placed.

The sums over the lines are the order's discount to the cent (or yen). Orders from before the rows
were stored, or made by staff, are computed from their voucher as it is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from prices import Money
from saleor.checkout.models import CheckoutLine
from saleor.discount import VoucherType
from saleor.discount.models import Voucher
from saleor.order.models import Order, OrderLine

from plugins.ordering.models import LineDiscount
from plugins.ordering.voucher_discounts import covered_lines
from plugins.taxes import calculation
from product_content.money import smallest_unit

_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Discount:
    """What is off a whole line, in the order's currency.

    `on_one_piece`: off a single piece of it; else each piece carries the same share.
    """

    amount: Decimal = _NOTHING
    on_one_piece: bool = False


def spread(total: Money, weights: Sequence[Decimal]) -> list[Decimal]:
    """Return `total` in parts proportional to `weights`, in whole cents (or yen) that add up to it.

    No part is larger than its weight where `total` is not larger than all of them.
    """
    return calculation.spread(total.amount, weights, smallest_unit(total.currency))


def line_price(line: OrderLine) -> Decimal:
    """Return what all pieces of the line cost before a discount."""
    return Decimal(line.unit_price_gross_amount * line.quantity)


def store_line_discounts(order: Order, lines: Sequence[OrderLine]) -> None:
    """Write down what the code of an order that is just placed took off each of its lines."""
    if not order.discount_amount:
        return
    LineDiscount.objects.bulk_create(
        LineDiscount(line_id=pk, amount_value=discount.amount, on_one_piece=discount.on_one_piece)
        for pk, discount in _computed(order, lines).items()
    )


def line_discounts(order: Order) -> dict[int, Discount]:
    """Return what is off each line of the order, by line id; two queries where it is stored."""
    if not order.discount_amount:
        return {}
    lines = list(order.lines.select_related("discount").order_by("pk"))
    stored = {
        line.pk: Discount(line.discount.amount_value, line.discount.on_one_piece)
        for line in lines
        if hasattr(line, "discount")
    }
    return stored or _computed(order, lines)


def delivery_paid(order: Order) -> Money:
    """Return what was paid for the delivery: its price less what a code for delivery took off."""
    price = order.shipping_price_gross
    if not _is_on_delivery(order.voucher):
        return price
    return max(price - order.discount, Money(_NOTHING, order.currency))


def _is_on_delivery(voucher: Voucher | None) -> bool:
    return voucher is not None and voucher.type == VoucherType.SHIPPING


def _computed(order: Order, lines: Sequence[OrderLine]) -> dict[int, Discount]:
    priced = [PricedLine(line, line.unit_price_gross_amount) for line in lines]
    return discount_parts(order.voucher, order.discount_amount, priced)


class PricedLine(NamedTuple):
    """A line of a basket or an order, and what one piece of it costs before a code."""

    line: CheckoutLine | OrderLine
    each: Decimal

    @property
    def total(self) -> Decimal:
        """What all its pieces cost."""
        return Decimal(self.each * self.line.quantity)


def discount_parts(
    voucher: Voucher | None, amount: Decimal, lines: Sequence[PricedLine]
) -> dict[int, Discount]:
    """Return what of the `amount` that a voucher takes off is off each line, by line id.

    A basket and the order made from it have the same parts. A voucher that is gone counts for all.
    """
    if _is_on_delivery(voucher):
        return {}
    if voucher is None or voucher.type != VoucherType.SPECIFIC_PRODUCT:
        return _spread_over(amount, lines, [line.total for line in lines])
    covered = {line.pk for line in covered_lines(voucher, [one.line for one in lines])}
    fitting = [one for one in lines if one.line.pk in covered] or list(lines)
    if voucher.apply_once_per_order:
        return _on_cheapest(amount, fitting)
    return _spread_over(amount, fitting, [_taken_off(voucher, line) for line in fitting])


def _spread_over(
    amount: Decimal, lines: Sequence[PricedLine], weights: Sequence[Decimal]
) -> dict[int, Discount]:
    """Spread the discount; no line gives more than it costs."""
    whole = sum((line.total for line in lines), _NOTHING)
    parts = spread(Money(min(amount, whole), _currency(lines)), weights)
    return {one.line.pk: Discount(part) for one, part in zip(lines, parts, strict=True)}


def _currency(lines: Sequence[PricedLine]) -> str:
    """Return an order's currency; the lines of a basket have none of their own."""
    own = (getattr(one.line, "currency", "") for one in lines)
    return next(own, "") or str(settings.DEFAULT_CURRENCY)


def _on_cheapest(amount: Decimal, lines: Sequence[PricedLine]) -> dict[int, Discount]:
    """Return the discount of a code that applies once per order: to the cheapest fitting piece."""
    cheapest = min(lines, key=lambda one: one.each)
    return {cheapest.line.pk: Discount(min(amount, cheapest.each), on_one_piece=True)}


def _taken_off(voucher: Voucher, one: PricedLine) -> Decimal:
    off = voucher.get_discount_amount_for(Money(one.each, voucher.currency))
    return Decimal(off.amount * one.line.quantity)
