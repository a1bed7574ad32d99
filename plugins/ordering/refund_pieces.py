"""What becomes of the pieces of a refund: sold again, or written off. Each moves once.

What a return has noted is in stock again or written off since then, so a refund leaves it alone.
"""

from __future__ import annotations

from collections import Counter

from django.db.models import Sum
from saleor.order import OrderStatus

from plugins.inventory.models import StockReason
from plugins.ordering.models import PieceState, PieceStep, Refund, RefundLine, StepKind
from plugins.ordering.pieces import pieces_of
from plugins.ordering.stock_allocation import cancel_unsent, restock_target, take_back


def put_back_sent(refund: Refund) -> None:
    """Note as returned, and put into stock, the pieces of a refund that were sent.

    For a refund of a locked order whose staff have those pieces before them, and say that they
    can be sold again. The rows of the refund say afterwards that they came back.
    """
    rows = refund.lines.filter(which=PieceState.SENT).select_related("line__variant")
    known = [row for row in rows if restock_target(row.line) is not None]
    if not known:
        return
    take_back(
        refund.order,
        {row.line_id: row.pieces for row in known},
        sealed=True,
        restock=True,
        actor_id=refund.asked_by_id,
        reference=reference_of(refund),
        reason=StockReason.REFUNDED,
    )
    for row in known:
        _note_as_returned(refund, row)


def cancel_refunded(refund: Refund) -> None:
    """Cancel the refunded pieces that were not sent: free for others, or written off.

    For a locked order; doing it again changes nothing. An order that is cancelled as a whole has
    given its pieces free already.
    """
    order = refund.order
    if order.status == OrderStatus.CANCELED:
        return
    wanted = Counter(dict(_unsent_rows(refund))) - _cancelled_by(refund)
    held = Counter({line_id: row.reserved for line_id, row in pieces_of(order).items()})
    if unsent := wanted & held:
        cancel_unsent(
            order,
            unsent,
            restock=refund.restock,
            actor_id=refund.asked_by_id,
            reference=reference_of(refund),
        )


def reference_of(refund: Refund) -> str:
    """Return what the steps of the refund's pieces are known by."""
    return f"refund {refund.pk}"


def _unsent_rows(refund: Refund) -> list[tuple[int, int]]:
    rows = refund.lines.filter(which=PieceState.UNSENT)
    return list(rows.order_by("line_id").values_list("line_id", "pieces"))


def _cancelled_by(refund: Refund) -> Counter[int]:
    steps = PieceStep.objects.filter(
        line__order=refund.order, kind=StepKind.CANCELLED, reference=reference_of(refund)
    )
    sums = steps.order_by().values("line").annotate(sum=Sum("pieces"))
    return Counter(dict(sums.values_list("line", "sum")))


def _note_as_returned(refund: Refund, row: RefundLine) -> None:
    """Say of a refund's row that its pieces came back; there is one row for each place."""
    there = refund.lines.filter(line=row.line, which=PieceState.RETURNED).first()
    if there is None:
        row.which = PieceState.RETURNED
        row.save(update_fields=["which"])
        return
    there.pieces += row.pieces
    there.price_value += row.price_value
    there.amount_value += row.amount_value
    there.save(update_fields=["pieces", "price_value", "amount_value"])
    row.delete()
