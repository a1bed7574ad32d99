"""Indexes by which staff find an order: by name, postcode, phone, tracking number, SKU or code word.

The expressions are those of `dashboard.selectors.finding`, letter for letter. Each is made while
the shop goes on.
"""

from django.db import migrations

LETTERS = "upper(regexp_replace({}, '[^[:alnum:]]', '', 'g'))"
CHOICES = "metadata -> 'discreet_shipping'"
NAME = "upper(' ' || first_name || ' ' || last_name || ' ' || company_name || ' ')"
DIGITS_BACKWARDS = "reverse(regexp_replace(phone, '[^0-9]', '', 'g'))"

INDEXES = {
    "stillwater_addresses_by_name": f"account_address USING gin (({NAME}) gin_trgm_ops)",
    "stillwater_addresses_by_postcode": (
        f"account_address (({LETTERS.format('postal_code')}) text_pattern_ops)"
    ),
    "stillwater_addresses_by_phone": f"account_address (({DIGITS_BACKWARDS}) text_pattern_ops)",
    "stillwater_addresses_by_country": "account_address (country)",
    "stillwater_parcels_by_tracking": f"order_fulfillment (({LETTERS.format('tracking_number')}))",
    "stillwater_lines_by_sku": f"order_orderline (({LETTERS.format('product_sku')}))",
    "stillwater_orders_by_code_word": (
        f"order_order ((upper({CHOICES} ->> 'code_word')))"
        f" WHERE ({CHOICES} ->> 'code_word') <> ''"
    ),
    "stillwater_orders_by_message_email": (
        f"order_order ((upper({CHOICES} ->> 'message_email')))"
        f" WHERE ({CHOICES} ->> 'message_email') <> ''"
    ),
    "stillwater_orders_to_a_point": f"order_order (id) WHERE ({CHOICES} ->> 'point') <> ''",
    "stillwater_orders_by_choice": (
        f"order_order USING gin (({CHOICES}) jsonb_path_ops)"
    ),
}


class Migration(migrations.Migration):
    atomic = False  # indexes that are made concurrently cannot be in a transaction

    dependencies = [
        ("ordering", "0016_order_addresses"),
        ("order", "0083_merge_20200421_0529"),
        ("account", "0045_auto_20200427_0425"),
    ]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY {name} ON {what}",
            f"DROP INDEX CONCURRENTLY {name}",
        )
        for name, what in INDEXES.items()
    ]
