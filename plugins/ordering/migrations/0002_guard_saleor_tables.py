"""Rules that Saleor's tables lack, kept by the database itself.

* one order per basket: a retry or a race cannot make a second one;
* one account per e-mail address, whatever its case;
* no gift card below zero (stock already has such a rule from Saleor).
"""

from django.db import migrations

ONE_ORDER_PER_BASKET = """
CREATE UNIQUE INDEX stillwater_one_order_per_basket
ON order_order (checkout_token) WHERE checkout_token <> ''
"""
ONE_ACCOUNT_PER_EMAIL = """
CREATE UNIQUE INDEX stillwater_one_account_per_email ON account_user (lower(email))
"""
NO_NEGATIVE_GIFT_CARD = """
ALTER TABLE giftcard_giftcard ADD CONSTRAINT stillwater_gift_card_not_negative
CHECK (current_balance_amount >= 0)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0001_initial"),
        ("account", "0045_auto_20200427_0425"),
        ("giftcard", "0003_auto_20200217_0350"),
        ("order", "0083_merge_20200421_0529"),
        ("warehouse", "0009_remove_invalid_allocation"),
    ]

    operations = [
        migrations.RunSQL(
            ONE_ORDER_PER_BASKET, "DROP INDEX stillwater_one_order_per_basket"
        ),
        migrations.RunSQL(
            ONE_ACCOUNT_PER_EMAIL, "DROP INDEX stillwater_one_account_per_email"
        ),
        migrations.RunSQL(
            NO_NEGATIVE_GIFT_CARD,
            "ALTER TABLE giftcard_giftcard DROP CONSTRAINT stillwater_gift_card_not_negative",
        ),
    ]
