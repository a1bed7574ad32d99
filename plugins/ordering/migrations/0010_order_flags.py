"""Flags become rows: they were a list of reasons in the order's private_metadata.

When each was raised is not known any more; the sentence is in the order's time line.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FLAGS = """
INSERT INTO ordering_orderflag (order_id, reason, message, raised_at)
SELECT placed.id, each.reason, '', now()
FROM order_order placed CROSS JOIN jsonb_array_elements_text(
    placed.private_metadata->'needs_attention') WITH ORDINALITY each (reason, place)
WHERE placed.private_metadata ? 'needs_attention' ORDER BY placed.id, each.place
"""
FORGET = """
UPDATE order_order SET private_metadata = private_metadata - 'needs_attention'
WHERE private_metadata ? 'needs_attention'
"""
INDEX = (
    "CREATE INDEX stillwater_orders_to_look_at ON order_order (id)"
    " WHERE private_metadata ? 'needs_attention'"
)


class Migration(migrations.Migration):

    dependencies = [
        ('order', '0083_merge_20200421_0529'),
        ('ordering', '0009_refund_documents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=40)),
                ('message', models.TextField(blank=True, default='')),
                ('raised_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='order.order')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['order'], name='open_flags')],
            },
        ),
        migrations.RunSQL([FLAGS, FORGET], migrations.RunSQL.noop),
        migrations.RunSQL("DROP INDEX stillwater_orders_to_look_at", INDEX),
    ]
