"""What of an order's money and goods has not been given back yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from prices import Money
from saleor.order.models import Order
from saleor.payment import TransactionKind
from saleor.payment.models import Transaction

from plugins.ordering.models import Refund, RefundStatus
from plugins.ordering.services.refund_lines import refunded_pieces


@dataclass(frozen=True)
class RefundableLine:
    """A line of an order, with the pieces that are `left` to refund."""

    line_id: int
    name: str
    ordered: int
    left: int
    each: Money


def left_to_refund(order_id: int) -> Money | None:
    """Return the most that can go back now, or None if nothing can; two queries.

    A refund is of one payment, so with several it is what the fullest one holds: the same that
    `ask_refund` chooses.
    """
    taken = Transaction.objects.filter(
        payment__order_id=order_id, kind=TransactionKind.CAPTURE, is_success=True
    )
    gone = _gone(order_id)
    left = [
        Money(amount - gone[payment], currency)
        for payment, currency, amount in taken.order_by("payment_id")
        .values_list("payment_id", "currency")
        .annotate(amount=Sum("amount"))
    ]
    most = max(left, key=lambda money: money.amount, default=None)
    return most if most is not None and most.amount > 0 else None


def refundable_lines(order: Order) -> list[RefundableLine]:
    """Return all lines of the order; of some nothing may be left."""
    refunded = refunded_pieces(order)
    return [
        RefundableLine(
            line_id=line.pk,
            name=f"{line} ({line.product_sku})",
            ordered=line.quantity,
            left=line.quantity - refunded[line.pk],
            each=Money(line.unit_price_gross_amount, line.currency),
        )
        for line in order.lines.order_by("pk")
    ]


def _gone(order_id: int) -> dict[int, Decimal]:
    refunds = Refund.objects.filter(order_id=order_id).exclude(state=RefundStatus.FAILED)
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for payment, amount in refunds.order_by().values_list("payment_id", "amount_value"):
        sums[payment] += amount
    return sums
