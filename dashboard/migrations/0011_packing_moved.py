"""Who packs which order moves to the packing jobs of plugins.fulfilment."""

from django.db import migrations

JOBS = """
UPDATE fulfilment_packingjob job
SET packer_id = old.packer_id, claimed_at = old.claimed_at, problem = old.problem
FROM dashboard_packingjob old WHERE job.order_id = old.order_id AND job.state = 'packing';

WITH next AS (
    INSERT INTO fulfilment_packingjob (order_id, number, state, packer_id, claimed_at, problem)
    SELECT old.order_id, 1 + (
            SELECT count(*) FROM fulfilment_packingjob job WHERE job.order_id = old.order_id
        ), 'packing', old.packer_id, old.claimed_at, old.problem
    FROM dashboard_packingjob old WHERE NOT EXISTS (
        SELECT FROM fulfilment_packingjob job
        WHERE job.order_id = old.order_id AND job.state = 'packing'
    ) RETURNING id, packer_id, claimed_at
)
INSERT INTO fulfilment_packingjobstep (job_id, state, at, actor_id)
SELECT id, 'packing', claimed_at, packer_id FROM next;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0010_packed_pieces"),
        ("fulfilment", "0002_out_of_the_metadata"),
    ]

    operations = [
        migrations.RunSQL([JOBS], migrations.RunSQL.noop),
        migrations.DeleteModel("PackingJob"),
    ]
