import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfilment', '0005_printed'),
        ('order', '0083_merge_20200421_0529'),
    ]

    operations = [
        migrations.CreateModel(
            name='CarrierLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier', models.CharField(max_length=20)),
                ('reference', models.CharField(max_length=32, unique=True)),
                ('state', models.CharField(choices=[('buying', 'Being bought'), ('bought', 'Bought'), ('refused', 'Refused by the carrier'), ('void', 'Not to be used')], default='buying', max_length=8)),
                ('told', models.JSONField(blank=True, default=dict)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('bought_at', models.DateTimeField(blank=True, null=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('parcel_id', models.CharField(blank=True, max_length=40)),
                ('tracking_number', models.CharField(blank=True, max_length=40)),
                ('picture', models.BinaryField(blank=True, default=bytes)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carrier_labels', to='order.order')),
                ('shipment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carrier_label', to='fulfilment.shipment')),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('state', 'bought')), fields=['seen_at'], name='labels_to_follow')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('shipment', None), ('state__in', ('buying', 'bought'))), fields=('order',), name='one_open_carrier_label'), models.CheckConstraint(condition=models.Q(('state__in', ['buying', 'bought', 'refused', 'void'])), name='label_state_is_known')],
            },
        ),
    ]
