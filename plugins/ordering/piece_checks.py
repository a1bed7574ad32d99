"""What the check of the stock ledger compares of pieces: steps, sums, order lines, reservations."""

from __future__ import annotations

from plugins.inventory.ledger import add_check

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
