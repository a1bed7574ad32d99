"""What goods cost the customer, when some of them are refunded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from prices import Money
from saleor.discount import VoucherType
from saleor.order.models import Order, OrderLine

from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.pieces import refunded_pieces
from plugins.ordering.policies import line_refund_allowed


def price_of_lines(order: Order, lines: dict[int, int]) -> Money:
    """Return what was paid for these pieces, a discount on the whole order taken off fairly.

    Raises RefundRefused for a line of another order, or more pieces than are left.
    """
    refunded = refunded_pieces(order)
    known = {line.pk: line for line in order.lines.all()}
    for line_id, quantity in lines.items():
        _refuse(known.get(line_id), quantity, refunded[line_id])
    gross = sum(known[pk].unit_price_gross_amount * quantity for pk, quantity in lines.items())
    return Money(_rounded(gross * _paid_share(order)), order.currency)


def unrefunded_pieces(order: Order) -> dict[int, int]:
    """Return the pieces that nobody has asked to refund yet, by order line."""
    refunded = refunded_pieces(order)
    left = {line.pk: line.quantity - refunded[line.pk] for line in order.lines.order_by("pk")}
    return {line_id: pieces for line_id, pieces in left.items() if pieces > 0}


def _refuse(line: OrderLine | None, wanted: int, refunded: int) -> None:
    if line is None:
        raise RefundRefused("This line is not part of the order.")
    allowed, why = line_refund_allowed(wanted=wanted, ordered=line.quantity, refunded=refunded)
    if not allowed:
        raise RefundRefused(f"{line.product_name}: {why}.")


def _paid_share(order: Order) -> Decimal:
    """Return the part of the goods' price that the customer paid, 1 without a discount."""
    goods = sum(line.unit_price_gross_amount * line.quantity for line in order.lines.all())
    on_delivery = order.voucher is not None and order.voucher.type == VoucherType.SHIPPING
    if not goods or on_delivery:
        return Decimal(1)
    return max(goods - order.discount_amount, Decimal(0)) / goods


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
