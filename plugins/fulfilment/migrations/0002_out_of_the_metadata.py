"""Shipments, returns, packing and printed labels of the orders that were there before.

They were kept in the order's private_metadata: "packing" (when it began, and by whom),
"label_printed", "parcel" (what the carrier told) and "return" (expected or arrived).
"""

from django.db import migrations

SHIPMENTS = """
INSERT INTO fulfilment_shipment (order_id, parcel_id, number, state)
SELECT parcel.order_id, parcel.id,
    row_number() OVER (PARTITION BY parcel.order_id ORDER BY parcel.id),
    coalesce(placed.private_metadata->'parcel'->>-1, 'sent')
FROM order_fulfillment parcel JOIN order_order placed ON placed.id = parcel.order_id
WHERE parcel.status <> 'canceled';

INSERT INTO fulfilment_shipmentstep (shipment_id, state, at)
SELECT shipment.id, 'sent', parcel.created
FROM fulfilment_shipment shipment JOIN order_fulfillment parcel ON parcel.id = shipment.parcel_id;
"""
# The order's time line has a note of each report, by whoever made it.
REPORTS = """
INSERT INTO fulfilment_shipmentstep (shipment_id, state, at, actor_id)
SELECT shipment.id, told.state, coalesce(note.date, now()), note.user_id
FROM fulfilment_shipment shipment
    JOIN order_order placed ON placed.id = shipment.order_id
    CROSS JOIN jsonb_array_elements_text(placed.private_metadata->'parcel')
        WITH ORDINALITY told (state, place)
    LEFT JOIN LATERAL (
        SELECT event.date, event.user_id FROM order_orderevent event
        WHERE event.order_id = placed.id AND event.type = 'note_added'
            AND event.parameters->>'message' = CASE told.state
                WHEN 'delivered' THEN 'The parcel was handed over.'
                ELSE 'The parcel can be collected.' END
        ORDER BY event.date LIMIT 1
    ) note ON true
WHERE placed.private_metadata ? 'parcel' ORDER BY shipment.id, told.place
"""
# What was looked at is a return of its own, unless more of it lies here to be looked at.
RETURNS = """
WITH back AS (
    SELECT line.order_id, sum(returned_sealed + returned_opened) AS pieces
    FROM ordering_linepieces JOIN order_orderline line ON line.id = line_id GROUP BY 1
), wanted AS (
    SELECT placed.id AS order_id, CASE placed.private_metadata->>'return'
        WHEN 'arrived' THEN 'arrived' ELSE 'inspected' END AS state
    FROM order_order placed JOIN back ON back.order_id = placed.id WHERE back.pieces > 0
    UNION ALL
    SELECT placed.id, placed.private_metadata->>'return'
    FROM order_order placed LEFT JOIN back ON back.order_id = placed.id
    WHERE placed.private_metadata ? 'return'
        AND (placed.private_metadata->>'return' = 'expected' OR coalesce(back.pieces, 0) = 0)
)
INSERT INTO fulfilment_return (order_id, number, state, reason, message)
SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY state = 'expected'), state, '', ''
FROM wanted ORDER BY order_id;

INSERT INTO fulfilment_returnline (belongs_to_id, line_id, announced, inspected)
SELECT each.id, line.id, 0, known.returned_sealed + known.returned_opened
FROM fulfilment_return each JOIN order_orderline line ON line.order_id = each.order_id
    JOIN ordering_linepieces known ON known.line_id = line.id
WHERE each.state <> 'expected' AND known.returned_sealed + known.returned_opened > 0;

INSERT INTO fulfilment_returnstep (belongs_to_id, state, at)
SELECT id, state, now() FROM fulfilment_return;
"""
# An order that has left was packed. Who packs one now, a later migration of the dashboard knows.
JOBS = """
INSERT INTO fulfilment_packingjob (order_id, number, state, packer_id, claimed_at, problem)
SELECT placed.id, 1, CASE WHEN EXISTS (
        SELECT FROM fulfilment_shipment sent WHERE sent.order_id = placed.id
    ) THEN 'sent' ELSE 'packing' END,
    packer.id, (placed.private_metadata->'packing'->>'started_at')::timestamptz, ''
FROM order_order placed
    JOIN account_user packer ON packer.id = (placed.private_metadata->'packing'->>'by')::int
WHERE placed.private_metadata ? 'packing';

INSERT INTO fulfilment_packingjobstep (job_id, state, at, actor_id)
SELECT id, 'packing', claimed_at, packer_id FROM fulfilment_packingjob;

INSERT INTO fulfilment_packingjobstep (job_id, state, at)
SELECT job.id, 'sent', min(parcel.created)
FROM fulfilment_packingjob job JOIN order_fulfillment parcel ON parcel.order_id = job.order_id
WHERE job.state = 'sent' GROUP BY job.id;
"""
LABELS = """
INSERT INTO fulfilment_printedlabel (order_id, at)
SELECT id, (private_metadata->>'label_printed')::timestamptz
FROM order_order WHERE private_metadata ? 'label_printed';
"""
FORGET = """
UPDATE order_order
SET private_metadata = private_metadata - '{packing,label_printed,parcel,return}'::text[]
WHERE private_metadata ?| '{packing,label_printed,parcel,return}'
"""
INDEX = (
    "CREATE INDEX stillwater_orders_coming_back ON order_order (id)"
    " WHERE private_metadata ? 'return'"
)


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0001_initial"),
        ("ordering", "0008_pieces_so_far"),
    ]

    operations = [
        migrations.RunSQL(
            [SHIPMENTS, REPORTS, RETURNS, JOBS, LABELS, FORGET], migrations.RunSQL.noop
        ),
        migrations.RunSQL("DROP INDEX stillwater_orders_coming_back", INDEX),
    ]
