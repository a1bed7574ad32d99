"""Gift cards that are sold, and every change of a card's balance, noted by a trigger.

Cards from before get what they were issued over on the day they were made, and what was spent of
them so far on the day they were last used.
"""

import django.db.models.deletion
from django.db import migrations, models

NOTE = """
CREATE FUNCTION ordering_note_gift_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO ordering_giftcardmove (card_id, kind, change_value, at)
        VALUES (NEW.id, 'issued', NEW.current_balance_amount, clock_timestamp());
    ELSE
        INSERT INTO ordering_giftcardmove (card_id, kind, change_value, at)
        VALUES (NEW.id,
            coalesce(nullif(current_setting('stillwater.gift_card_move', true), ''), 'redeemed'),
            NEW.current_balance_amount - OLD.current_balance_amount, clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ordering_gift_card_issued AFTER INSERT ON giftcard_giftcard
    FOR EACH ROW WHEN (NEW.current_balance_amount <> 0)
    EXECUTE FUNCTION ordering_note_gift_card();
CREATE TRIGGER ordering_gift_card_moves AFTER UPDATE ON giftcard_giftcard
    FOR EACH ROW WHEN (OLD.current_balance_amount <> NEW.current_balance_amount)
    EXECUTE FUNCTION ordering_note_gift_card();
CREATE TRIGGER ordering_gift_card_move_stays BEFORE UPDATE OR DELETE ON ordering_giftcardmove
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ordering_refuse_move();
"""
REFUSE = """
CREATE FUNCTION ordering_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'moves of gift cards are never changed'
        USING ERRCODE = 'restrict_violation';
END $$;
"""
SO_FAR = """
INSERT INTO ordering_giftcardmove (card_id, kind, change_value, at)
SELECT id, 'issued', initial_balance_amount, created FROM giftcard_giftcard
WHERE initial_balance_amount <> 0
UNION ALL
SELECT id, 'redeemed', current_balance_amount - initial_balance_amount,
    coalesce(last_used_on, created) FROM giftcard_giftcard
WHERE current_balance_amount <> initial_balance_amount
"""
UNDO = "DROP FUNCTION ordering_note_gift_card, ordering_refuse_move CASCADE"


class Migration(migrations.Migration):

    dependencies = [
        ('giftcard', '0003_auto_20200217_0350'),
        ('order', '0083_merge_20200421_0529'),
        ('ordering', '0018_report_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='GiftCardMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('issued', 'Issued'), ('redeemed', 'Paid with it, or given back by an order'), ('refunded', 'The card itself was refunded')], max_length=8)),
                ('change_value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('at', models.DateTimeField(db_index=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='giftcard.giftcard')),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CardRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('stopped', models.BooleanField(default=False)),
                ('given_back', models.BooleanField(default=False)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='off_by_refunds', to='giftcard.giftcard')),
                ('refund', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='off_card', to='ordering.refund')),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_value__gt', 0)), name='card_refund_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='GiftCardSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('kind', models.CharField(choices=[('email', 'By e-mail'), ('print', 'Printed by the buyer')], max_length=5)),
                ('amount_value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('recipient', models.EmailField(blank=True, default='', max_length=254)),
                ('from_name', models.CharField(blank=True, default='', max_length=60)),
                ('message', models.CharField(blank=True, default='', max_length=300)),
                ('language', models.CharField(max_length=35)),
                ('not_before', models.DateField(blank=True, null=True)),
                ('issued_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_by_dispute', models.BooleanField(default=False)),
                ('card', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sale', to='giftcard.giftcard')),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='gift_card_sale', to='order.order')),
            ],
            options={
                'ordering': ('pk',),
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('issued_at__isnull', False), ('kind', 'email'), ('sent_at', None)), fields=['issued_at'], name='gift_card_to_send')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_value__gt', 0)), name='gift_card_sale_above_zero'), models.CheckConstraint(condition=models.Q(models.Q(('card__isnull', True), ('issued_at__isnull', True)), models.Q(('card__isnull', False), ('issued_at__isnull', False)), _connector='OR'), name='gift_card_sale_is_issued_with_a_card')],
            },
        ),
        migrations.RunSQL(SO_FAR, migrations.RunSQL.noop),
        migrations.RunSQL([REFUSE, NOTE], UNDO),
    ]
