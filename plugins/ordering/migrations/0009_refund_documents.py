"""Refunds become documents: lines and parts are rows, and a credit note has a number.

What was kept until now is carried over. An old refund of pieces did not say which it meant: those
beyond what had come back had not been sent. Orders whose money went back whole, and that nobody
cancelled, are flagged: they stood in no list, and hold their pieces.
"""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CENT = Decimal("0.01")
BOOKED = ("pending", "succeeded")
UNNEEDED = "unneeded-"  # refunds of money that paid for nothing have no credit note


def carry_over(apps, schema_editor):
    """Write the rows of every refund that there is, and number those that were booked."""
    Refund = apps.get_model("ordering", "Refund")
    known, last = {}, 0
    for refund in Refund.objects.select_related("order").order_by("pk").iterator():
        refund.parts.create(
            payment_id=refund.payment_id,
            key=refund.key,
            amount_value=refund.amount_value,
            currency=refund.currency,
            state=refund.state,
            reference=refund.reference,
        )
        refund.free_value = refund.amount_value - _carry_lines(refund, known)
        if refund.state in BOOKED:
            refund.booked_at = refund.created_at
            if not refund.key.startswith(UNNEEDED):
                refund.number = last = last + 1
        refund.save()
    apps.get_model("ordering", "CreditNoteCounter").objects.create(pk=1, last=last)


def _carry_lines(refund, known):
    """Write the refund's lines, and return what they cost together."""
    lines = {line.pk: line for line in refund.order.lines.all()}
    wanted = {int(pk): pieces for pk, pieces in refund.old_lines.items() if int(pk) in lines}
    prices = {pk: lines[pk].unit_price_gross_amount * n for pk, n in wanted.items()}
    rate = _share(refund, lines.values(), sum(prices.values()))
    rest = refund.amount_value
    for pk, pieces in wanted.items():
        amount = min((prices[pk] * rate).quantize(CENT), rest)
        rest -= amount
        for which, count, part in _split(refund, lines[pk], pieces, amount, known):
            refund.lines.create(
                line_id=pk, pieces=count, which=which, price_value=part, amount_value=part
            )
    return refund.amount_value - rest


def _share(refund, lines, price):
    goods = sum(line.unit_price_gross_amount * line.quantity for line in lines)
    voucher = refund.order.voucher
    off = refund.order.discount_amount if not voucher or voucher.type != "shipping" else 0
    paid = (goods - off) / goods if goods else Decimal(1)
    return min(max(paid, Decimal(0)), refund.amount_value / price) if price else Decimal(0)


def _split(refund, line, pieces, amount, known):
    """Yield which pieces, how many, and what they cost."""
    where = getattr(line, "pieces", None)
    back = where.returned_sealed + where.returned_opened if where else 0
    left = known.setdefault(
        line.pk,
        {
            "returned": back,
            "unsent": line.quantity - line.quantity_fulfilled,
            "sent": line.quantity_fulfilled - back,
        },
    )
    counts = {}
    for which in ("returned", "unsent", "sent"):
        counts[which] = min(max(left[which], 0), pieces - sum(counts.values()))
    counts["sent"] += pieces - sum(counts.values())
    todo, rest = pieces, amount
    for which, count in counts.items():
        if not count:
            continue
        if refund.state != "failed":
            left[which] -= count
        part = rest if count == todo else (amount * count / pieces).quantize(CENT)
        todo, rest = todo - count, rest - part
        yield which, count, part


FLAG = """
UPDATE order_order SET private_metadata =
    jsonb_set(private_metadata, '{needs_attention}', '["refunded_not_closed"]')
WHERE status IN ('unfulfilled', 'partially fulfilled')
    AND NOT private_metadata ? 'needs_attention'
    AND EXISTS (
        SELECT 1 FROM payment_payment
        WHERE order_id = order_order.id AND charge_status = 'fully-refunded'
    )
    AND NOT EXISTS (
        SELECT 1 FROM payment_payment WHERE order_id = order_order.id AND captured_amount > 0
    )
"""
# A released order has given back what it took from gift cards; from now on its note says so.
GIVEN_BACK = """
UPDATE order_order SET private_metadata =
    jsonb_set(private_metadata, '{placement,gift_cards}', '{}')
WHERE status = 'canceled' AND private_metadata -> 'placement' -> 'gift_cards' <> '{}'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('giftcard', '0003_auto_20200217_0350'),
        ('order', '0083_merge_20200421_0529'),
        ('ordering', '0008_pieces_so_far'),
        ('payment', '0016_auto_20200423_0314'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField(model_name='refund', old_name='lines', new_name='old_lines'),
        migrations.CreateModel(
            name='CreditNoteCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=255, unique=True)),
                ('amount_value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('open', 'The bank is looking into it'), ('won', 'Won: the money is ours'), ('lost', 'Lost: the bank took the money back')], default='open', max_length=4)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LineDiscount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('on_one_piece', models.BooleanField(default=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pieces', models.PositiveIntegerField()),
                ('which', models.CharField(choices=[('unsent', 'Not sent'), ('sent', 'Sent, and the customer has them'), ('returned', 'Came back')], max_length=8)),
                ('price_value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('amount_value', models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RefundPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=140, unique=True)),
                ('amount_value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('asked', 'Asked, not confirmed yet'), ('pending', 'On its way'), ('succeeded', 'Refunded'), ('partly', 'Partly failed'), ('failed', 'Failed')], default='asked', max_length=9)),
                ('reference', models.CharField(blank=True, default='', max_length=255)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_above_zero',
        ),
        migrations.AddField(
            model_name='refund',
            name='booked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='refund',
            name='delivery_value',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=12),
        ),
        migrations.AddField(
            model_name='refund',
            name='free_value',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=12),
        ),
        migrations.AddField(
            model_name='refund',
            name='number',
            field=models.PositiveIntegerField(blank=True, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=models.CharField(choices=[('asked', 'Asked, not confirmed yet'), ('pending', 'On its way'), ('succeeded', 'Refunded'), ('partly', 'Partly failed'), ('failed', 'Failed')], default='asked', max_length=9),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_value__gte', 0), ('delivery_value__gte', 0), ('free_value__gte', 0)), name='refund_not_below_zero'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='payment.payment'),
        ),
        migrations.AddField(
            model_name='linediscount',
            name='line',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='discount', to='order.orderline'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_lines', to='order.orderline'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='ordering.refund'),
        ),
        migrations.AddField(
            model_name='refundpart',
            name='gift_card',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refund_parts', to='giftcard.giftcard'),
        ),
        migrations.AddField(
            model_name='refundpart',
            name='payment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refund_parts', to='payment.payment'),
        ),
        migrations.AddField(
            model_name='refundpart',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='ordering.refund'),
        ),
        migrations.AddConstraint(
            model_name='linediscount',
            constraint=models.CheckConstraint(condition=models.Q(('amount_value__gte', 0)), name='line_discount_not_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.CheckConstraint(condition=models.Q(('amount_value__gte', 0), ('amount_value__lte', models.F('price_value')), ('pieces__gt', 0)), name='refund_line_of_pieces'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.UniqueConstraint(fields=('refund', 'line', 'which'), name='refund_line_names_pieces_once'),
        ),
        migrations.AddIndex(
            model_name='refundpart',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['reference'], name='refund_part_reference'),
        ),
        migrations.AddConstraint(
            model_name='refundpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount_value__gt', 0)), name='refund_part_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='refundpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gift_card__isnull', True), ('payment__isnull', False)), models.Q(('gift_card__isnull', False), ('payment__isnull', True)), _connector='OR'), name='refund_part_has_one_source'),
        ),
        migrations.AddConstraint(
            model_name='refundpart',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'partly'), _negated=True), name='refund_part_is_whole'),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RunSQL(FLAG, migrations.RunSQL.noop),
        migrations.RunSQL(GIVEN_BACK, migrations.RunSQL.noop),
        # What the rows above are still to be checked for, before the table is altered again.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='refund',
            name='old_lines',
        ),
        migrations.RemoveField(
            model_name='refund',
            name='payment',
        ),
        migrations.RemoveField(
            model_name='refund',
            name='reference',
        ),
    ]
