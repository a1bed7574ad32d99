"""Call the key that keeps an e-mail from being written twice `dedup_key`.

Keys and subjects that hold a word the code no longer uses are rewritten, so that the same event
still finds its row, and nobody gets the e-mail a second time.
"""

from django.db import migrations, models

UNMATCHED = """
    UPDATE order_emails_outgoingemail
    SET dedup_key = 'unmatched_payment:unmatched-' || substr(dedup_key, 21)
    WHERE kind = 'payment_attention' AND dedup_key LIKE 'stray\\_payment:stray-%%'
"""
STRAY = """
    UPDATE order_emails_outgoingemail
    SET dedup_key = 'stray_payment:stray-' || substr(dedup_key, 29)
    WHERE kind = 'payment_attention' AND dedup_key LIKE 'unmatched\\_payment:unmatched-%%'
"""
ALERTS = """
    UPDATE order_emails_outgoingemail SET about = 'alert-' || substr(about, 6)
    WHERE kind = 'back_in_stock' AND about LIKE 'wish-%%'
"""
WISHES = """
    UPDATE order_emails_outgoingemail SET about = 'wish-' || substr(about, 7)
    WHERE kind = 'back_in_stock' AND about LIKE 'alert-%%'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('order_emails', '0004_quick_lists'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='outgoingemail', name='one_email_per_occasion'),
        migrations.RenameField('outgoingemail', 'occasion', 'dedup_key'),
        migrations.RunSQL([(UNMATCHED, ()), (ALERTS, ())], [(STRAY, ()), (WISHES, ())]),
        migrations.AddConstraint(
            model_name='outgoingemail',
            constraint=models.UniqueConstraint(
                fields=('about', 'kind', 'dedup_key'), name='one_email_per_dedup_key'
            ),
        ),
    ]
