"""Pieces with a life: the steps of an order line's pieces, and their sums."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('order', '0083_merge_20200421_0529'),
        ('ordering', '0005_cancelled'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LinePieces',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordered', models.PositiveIntegerField(default=0)),
                ('reserved', models.PositiveIntegerField(default=0)),
                ('packed', models.PositiveIntegerField(default=0)),
                ('sent', models.PositiveIntegerField(default=0)),
                ('cancelled', models.PositiveIntegerField(default=0)),
                ('returned_sealed', models.PositiveIntegerField(default=0)),
                ('returned_opened', models.PositiveIntegerField(default=0)),
                ('restocked', models.PositiveIntegerField(default=0)),
                ('written_off', models.PositiveIntegerField(default=0)),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='order.orderline')),
            ],
            options={
                'ordering': ('line',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('ordered', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('reserved'), '+', models.F('sent')), '+', models.F('cancelled')))), name='pieces_ordered_are_somewhere'), models.CheckConstraint(condition=models.Q(('packed__lte', models.F('reserved'))), name='pieces_packed_are_reserved'), models.CheckConstraint(condition=models.Q(('sent__gte', django.db.models.expressions.CombinedExpression(models.F('returned_sealed'), '+', models.F('returned_opened')))), name='pieces_returned_were_sent'), models.CheckConstraint(condition=models.Q(('restocked__lte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('returned_sealed'), '+', models.F('returned_opened')), '+', models.F('cancelled')), '-', models.F('written_off')))), name='pieces_settled_once'), models.CheckConstraint(condition=models.Q(('restocked__lte', django.db.models.expressions.CombinedExpression(models.F('returned_sealed'), '+', models.F('cancelled')))), name='pieces_opened_are_not_restocked')],
            },
        ),
        migrations.CreateModel(
            name='PieceStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reserved', 'Reserved'), ('packed', 'Packed'), ('unpacked', 'Taken out of the parcel'), ('sent', 'Sent'), ('called_back', 'Parcel called back'), ('cancelled', 'Cancelled'), ('returned', 'Returned'), ('restocked', 'Back into stock'), ('written_off', 'Written off')], max_length=11)),
                ('sealed', models.BooleanField(blank=True, null=True)),
                ('pieces', models.PositiveIntegerField()),
                ('reference', models.CharField(blank=True, default='', max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('actor', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='piece_steps', to='order.orderline')),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('pieces__gt', 0)), name='piece_step_above_zero'), models.CheckConstraint(condition=models.Q(('kind__in', ['reserved', 'packed', 'unpacked', 'sent', 'called_back', 'cancelled', 'returned', 'restocked', 'written_off'])), name='piece_step_kind_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'returned'), ('sealed__isnull', False)), models.Q(models.Q(('kind', 'returned'), _negated=True), ('sealed__isnull', True)), _connector='OR'), name='piece_step_seal_of_a_return')],
            },
        ),
    ]
