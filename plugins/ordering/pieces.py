"""The life of an order's pieces: reserved, packed, sent, returned, back in stock or written off.

Each step is a row, and the sums per line follow by a trigger. Saleor's own order lines say what is
reserved and sent; the rest is written here. Where stock moves with a step, `stock_allocation`
writes both. Whoever writes holds the lock of the order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from saleor.order.models import Order

from plugins.inventory.ledger import add_check
from plugins.ordering.models import (
    LinePieces,
    PieceState,
    PieceStep,
    RefundLine,
    RefundStatus,
    StepKind,
)

Pieces = Mapping[int, int]  # order line id → pieces


def pieces_of(order: Order) -> dict[int, LinePieces]:
    """Return where the pieces of each line are, by order line id; one statement."""
    rows = LinePieces.objects.filter(line__order=order).order_by("line")
    return {row.line_id: row for row in rows}


def pieces_to_send(order: Order, known: Mapping[int, LinePieces] | None = None) -> dict[int, int]:
    """Return the pieces by order line that are still to be sent; lines without are out.

    A piece whose refund was asked for, and is not confirmed yet, is not sent meanwhile. `known`
    is what `pieces_of` has just said, where the caller has asked it.
    """
    known = pieces_of(order) if known is None else known
    claimed = _claimed(order)
    left = {line_id: row.reserved - claimed[line_id] for line_id, row in known.items()}
    return {line_id: pieces for line_id, pieces in left.items() if pieces > 0}


def _claimed(order: Order) -> Counter[int]:
    """Return the reserved pieces whose refund was asked for and is not booked yet."""
    rows = RefundLine.objects.filter(
        refund__order=order, refund__state=RefundStatus.ASKED, which=PieceState.UNSENT
    )
    pieces: Counter[int] = Counter()
    for line_id, count in rows.values_list("line_id", "pieces"):
        pieces[line_id] += count
    return pieces


def packed_pieces(order: Order) -> dict[int, int]:
    """Return the pieces in the parcel, by order line; lines without are out."""
    return {line_id: row.packed for line_id, row in pieces_of(order).items() if row.packed}


def unpack(order: Order, *, actor_id: int | None) -> None:
    """Note that all that lay in the parcel was taken out again."""
    write_steps(StepKind.UNPACKED, packed_pieces(order), actor_id=actor_id)


def cancel(order: Order, pieces: Pieces, *, actor_id: int | None, reference: str = "") -> None:
    """Note that reserved `pieces` will not be sent; a parcel in the making gives up its own."""
    known = pieces_of(order)
    kept = {line_id: known[line_id].reserved - count for line_id, count in pieces.items()}
    taken_out = {line_id: max(known[line_id].packed - kept[line_id], 0) for line_id in pieces}
    write_steps(StepKind.UNPACKED, taken_out, actor_id=actor_id, reference=reference)
    write_steps(StepKind.CANCELLED, pieces, actor_id=actor_id, reference=reference)


def release_all(order: Order, *, actor_id: int | None) -> None:
    """Note that all that was still to be sent is free for others again."""
    left = {line_id: row.reserved for line_id, row in pieces_of(order).items()}
    cancel(order, left, actor_id=actor_id)
    write_steps(StepKind.RESTOCKED, left, actor_id=actor_id)


def write_steps(
    kind: StepKind,
    pieces: Pieces,
    *,
    actor_id: int | None,
    reference: str = "",
    sealed: bool | None = None,
) -> None:
    """Write one step for each line with pieces; one statement.

    `sealed` belongs to what is returned, and to nothing else. Raises IntegrityError where the
    sums of a line would not hold: whoever calls asks a policy first.
    """
    steps = [
        PieceStep(
            line_id=line_id,
            kind=kind,
            pieces=count,
            actor_id=actor_id,
            reference=reference,
            sealed=sealed,
        )
        for line_id, count in sorted(pieces.items())
        if count
    ]
    PieceStep.objects.bulk_create(steps)


# The sums of a line say what Saleor's own order line says.
_LINES = """
SELECT line.order_id, line.id, line.quantity, coalesce(known.ordered, 0),
    line.quantity_fulfilled, coalesce(known.sent, 0)
FROM order_orderline line LEFT JOIN ordering_linepieces known ON known.line_id = line.id
WHERE line.quantity <> coalesce(known.ordered, 0)
    OR line.quantity_fulfilled <> coalesce(known.sent, 0)
ORDER BY 1, 2
"""
# What is still to be sent of an open order is reserved in stock, piece for piece.
_RESERVED = """
SELECT line.order_id, line.id, known.reserved, coalesce(held.pieces, 0)
FROM ordering_linepieces known
    JOIN order_orderline line ON line.id = known.line_id
    JOIN order_order placed ON placed.id = line.order_id
    JOIN product_productvariant variant ON variant.id = line.variant_id
    LEFT JOIN (
        SELECT order_line_id, sum(quantity_allocated) AS pieces
        FROM warehouse_allocation GROUP BY 1
    ) held ON held.order_line_id = line.id
WHERE placed.status = ANY(%(open)s) AND variant.track_inventory
    AND known.reserved <> coalesce(held.pieces, 0)
ORDER BY 1, 2
"""
# The sums of a line follow its steps.
_STEPS = """
SELECT line.order_id, line.id
FROM ordering_linepieces known JOIN order_orderline line ON line.id = known.line_id
    LEFT JOIN (
        SELECT line_id,
            sum(pieces) FILTER (WHERE kind = 'returned') AS returned,
            sum(pieces) FILTER (WHERE kind = 'cancelled') AS cancelled,
            sum(pieces) FILTER (WHERE kind = 'restocked') AS restocked,
            sum(pieces) FILTER (WHERE kind = 'written_off') AS written_off
        FROM ordering_piecestep GROUP BY 1
    ) step ON step.line_id = line.id
WHERE known.returned_sealed + known.returned_opened <> coalesce(step.returned, 0)
    OR known.cancelled <> coalesce(step.cancelled, 0)
    OR known.restocked <> coalesce(step.restocked, 0)
    OR known.written_off <> coalesce(step.written_off, 0)
ORDER BY 1, 2
"""


def connect() -> None:
    """Have `manage.py check_ledger`, and the task that does the same, compare these too."""
    add_check(_LINES, "order {}: line {} has {} pieces, their steps {}; {} were sent, by steps {}")
    add_check(_RESERVED, "order {}: line {} is to send {} pieces, and {} are reserved")
    add_check(_STEPS, "order {}: the sums of line {} are not those of its steps")
