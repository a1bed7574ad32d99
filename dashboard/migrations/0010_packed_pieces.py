"""What lies in a parcel becomes steps of the order's pieces, in place of a count beside them."""

from django.db import migrations

PACKED = """
INSERT INTO ordering_piecestep (line_id, kind, sealed, pieces, actor_id, reference, at)
SELECT line.line_id, 'packed', NULL, least(each.value::int, line.reserved), job.packer_id, '', now()
FROM dashboard_packingjob job, jsonb_each_text(job.counted) each
    JOIN ordering_linepieces line ON line.line_id = each.key::int
WHERE least(each.value::int, line.reserved) > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0009_access_log"),
        ("ordering", "0008_pieces_so_far"),
    ]

    operations = [
        migrations.RunSQL(PACKED, migrations.RunSQL.noop),
        migrations.RemoveField("packingjob", "counted"),
    ]
