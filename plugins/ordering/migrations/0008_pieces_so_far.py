"""Steps for the orders that were there before: what their lines, refunds and returns say.

How many pieces came back was kept in the order's private_metadata, under "returned". Which of them
went back into stock, and what was refunded before it was sent, is taken from the stock ledger.
"""

from django.db import migrations

# `cancelled` are pieces that will not be sent: all that an order lost when it was cancelled, else
# what was refunded and is neither sent nor back. `idle` of them a stock still holds; `off` were
# written off. `sound` came back and was sold again, `again` the same by way of a refund.
PAST = """
CREATE TEMP TABLE past AS
WITH refunded AS (
    SELECT each.key::int AS line_id, sum(each.value::int) AS pieces
    FROM ordering_refund, jsonb_each_text(lines) each
    WHERE state IN ('pending', 'succeeded') GROUP BY 1
), back AS (
    SELECT each.key::int AS line_id, each.value::int AS pieces
    FROM order_order, jsonb_each_text(private_metadata->'returned') each
    WHERE private_metadata ? 'returned'
), moved AS (
    SELECT order_id, variant_id,
        coalesce(sum(after - before) FILTER (WHERE reason = 'returned'), 0) AS returned,
        coalesce(sum(after - before) FILTER (WHERE reason = 'refunded'), 0) AS refunded,
        coalesce(sum(before - after) FILTER (WHERE reason = 'damaged'), 0) AS damaged
    FROM inventory_stockentry WHERE measure = 'quantity' AND order_id IS NOT NULL GROUP BY 1, 2
), held AS (
    SELECT order_line_id AS line_id, sum(quantity_allocated) AS pieces
    FROM warehouse_allocation WHERE quantity_allocated > 0 GROUP BY 1
), line AS (
    SELECT line.id, line.order_id, line.quantity, placed.created, placed.status,
        least(line.quantity_fulfilled, line.quantity) AS sent,
        least(coalesce(back.pieces, 0), line.quantity_fulfilled, line.quantity) AS back,
        CASE placed.status WHEN 'canceled' THEN line.quantity
            ELSE greatest(coalesce(refunded.pieces, 0) - coalesce(back.pieces, 0), 0) END AS asked,
        coalesce(held.pieces, 0) AS held, coalesce(moved.returned, 0) AS returned,
        coalesce(moved.refunded, 0) AS refunded, coalesce(moved.damaged, 0) AS damaged
    FROM order_orderline line JOIN order_order placed ON placed.id = line.order_id
        LEFT JOIN refunded ON refunded.line_id = line.id LEFT JOIN back ON back.line_id = line.id
        LEFT JOIN held ON held.line_id = line.id
        LEFT JOIN moved ON moved.order_id = line.order_id AND moved.variant_id = line.variant_id
    WHERE line.quantity > 0
        AND NOT EXISTS (SELECT FROM ordering_linepieces known WHERE known.line_id = line.id)
), counted AS (
    SELECT line.*, least(asked, quantity - sent) AS cancelled,
        greatest(least(back, returned), 0) AS sound,
        greatest(least(sent - back, refunded), 0) AS again
    FROM line
)
SELECT counted.*, idle, least(cancelled, damaged + idle) AS off
FROM counted, LATERAL (
    SELECT CASE WHEN cancelled > 0 THEN greatest(held - (quantity - sent - cancelled), 0)
        ELSE 0 END AS idle
) kept
"""
# Before, what was refunded unsent and not to be sold again stayed reserved until the order was sent.
IDLE = """
DO $$
DECLARE
    line record;
    part record;
    rest int;
    taken int;
BEGIN
    FOR line IN SELECT * FROM past WHERE idle > 0 ORDER BY id LOOP
        rest := line.idle;
        FOR part IN SELECT * FROM warehouse_allocation
            WHERE order_line_id = line.id AND quantity_allocated > 0 ORDER BY stock_id DESC
        LOOP
            taken := least(rest, part.quantity_allocated);
            CONTINUE WHEN taken = 0;
            PERFORM set_config('inventory.context', jsonb_build_object(
                'reason', 'refunded', 'order', line.order_id)::text, true);
            UPDATE warehouse_allocation SET quantity_allocated = quantity_allocated - taken
            WHERE id = part.id;
            PERFORM set_config('inventory.context', jsonb_build_object(
                'reason', 'damaged', 'order', line.order_id)::text, true);
            UPDATE warehouse_stock SET quantity = quantity - taken WHERE id = part.stock_id;
            rest := rest - taken;
        END LOOP;
    END LOOP;
    PERFORM set_config('inventory.context', '', true);
END $$
"""
_STEP = "INSERT INTO ordering_piecestep (line_id, kind, sealed, pieces, reference, at) SELECT id, "
_NOW = "'', now() FROM past WHERE "
STEPS = (
    f"{_STEP} 'reserved', NULL, quantity, '', created FROM past",
    f"""{_STEP} 'sent', NULL, sent, '', coalesce((
        SELECT max(parcel.created) FROM order_fulfillment parcel
        WHERE parcel.order_id = past.order_id AND parcel.status <> 'canceled'), now())
    FROM past WHERE sent > 0""",
    f"""{_STEP} 'cancelled', NULL, cancelled, '', coalesce((
        SELECT max(event.date) FROM order_orderevent event
        WHERE event.order_id = past.order_id AND event.type = 'canceled'), now())
    FROM past WHERE cancelled > 0""",
    f"{_STEP} 'returned', true, sound + again, {_NOW} sound + again > 0",
    f"{_STEP} 'returned', false, back - sound, {_NOW} back > sound",
    f"{_STEP} 'restocked', NULL, sound + again + cancelled - off, {_NOW}"
    " sound + again + cancelled - off > 0",
    f"{_STEP} 'written_off', NULL, back - sound + off, {_NOW} back - sound + off > 0",
)
FORGET = """
UPDATE order_order SET private_metadata = private_metadata - 'returned'
WHERE private_metadata ? 'returned'
"""
INDEX = (
    "CREATE INDEX stillwater_orders_came_back ON order_order (id)"
    " WHERE private_metadata ? 'returned'"
)


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0007_piece_triggers"),
        ("inventory", "0002_ledger"),
    ]

    operations = [
        migrations.RunSQL([PAST, IDLE, *STEPS, "DROP TABLE past", FORGET], migrations.RunSQL.noop),
        migrations.RunSQL("DROP INDEX stillwater_orders_came_back", INDEX),
    ]
