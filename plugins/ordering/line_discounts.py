"""What a promo code took off each line of an order, stored when the order is placed.

The sums over the lines are the order's discount to the cent. Orders from before the rows were
stored, or made by staff, are computed from their voucher as it is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from prices import Money
from saleor.discount import VoucherType
from saleor.discount.models import Voucher
from saleor.order.models import Order, OrderLine

from plugins.ordering.models import LineDiscount
from plugins.ordering.voucher_discounts import covered_lines

CENT = Decimal("0.01")
_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Discount:
    """What is off a whole line, in the order's currency.

    `on_one_piece`: off a single piece of it; else each piece carries the same share.
    """

    amount: Decimal = _NOTHING
    on_one_piece: bool = False


def rounded(amount: Decimal) -> Decimal:
    """Return the amount in whole cents, half a cent up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Return `total` in parts proportional to `weights`, in whole cents that add up to it.

    No part is larger than its weight where `total` is not larger than all of them.
    """
    whole = sum(weights, _NOTHING)
    if not whole:
        return [_NOTHING for _ in weights]
    parts, so_far, given = [], _NOTHING, _NOTHING
    for weight in weights:
        so_far += weight
        parts.append(rounded(total * so_far / whole) - given)
        given += parts[-1]
    return parts


def line_price(line: OrderLine) -> Decimal:
    """Return what all pieces of the line cost before a discount."""
    return Decimal(line.unit_price_gross_amount * line.quantity)


def store_line_discounts(order: Order) -> None:
    """Write down what the code of an order that is just placed took off each of its lines."""
    if not order.discount_amount:
        return
    LineDiscount.objects.bulk_create(
        LineDiscount(line_id=pk, amount_value=discount.amount, on_one_piece=discount.on_one_piece)
        for pk, discount in _computed(order, list(order.lines.order_by("pk"))).items()
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
    voucher = order.voucher
    if _is_on_delivery(voucher):
        return {}
    if voucher is None or voucher.type != VoucherType.SPECIFIC_PRODUCT:
        return _spread_over(order, lines, [line_price(line) for line in lines])
    fitting = covered_lines(voucher, lines) or list(lines)
    if voucher.apply_once_per_order:
        return _on_cheapest(order, fitting)
    return _spread_over(order, fitting, [_taken_off(voucher, line) for line in fitting])


def _spread_over(
    order: Order, lines: Sequence[OrderLine], weights: Sequence[Decimal]
) -> dict[int, Discount]:
    """Spread the order's discount; no line gives more than it costs."""
    parts = spread(min(order.discount_amount, sum(map(line_price, lines))), weights)
    return {line.pk: Discount(part) for line, part in zip(lines, parts, strict=True)}


def _on_cheapest(order: Order, lines: Sequence[OrderLine]) -> dict[int, Discount]:
    """Return the discount of a code that applies once per order: to the cheapest fitting piece."""
    cheapest = min(lines, key=lambda line: line.unit_price_gross_amount)
    amount = min(order.discount_amount, cheapest.unit_price_gross_amount)
    return {cheapest.pk: Discount(amount, on_one_piece=True)}


def _taken_off(voucher: Voucher, line: OrderLine) -> Decimal:
    off = voucher.get_discount_amount_for(line.unit_price_gross)
    return Decimal(off.amount * line.quantity)
