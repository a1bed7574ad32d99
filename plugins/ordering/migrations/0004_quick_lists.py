"""Indexes on Saleor's tables for the lists of the dashboard: at 100,000 orders Saleor's own make
them read whole tables. `make bench` prints how long each list takes.
"""

from django.db import migrations

INDEXES = {
    # by what there is to do, newest first; also counts them
    "stillwater_orders_by_status": "order_order (status, id)",
    "stillwater_orders_by_day": "order_order (created)",
    "stillwater_orders_to_look_at": (
        "order_order (id) WHERE private_metadata ? 'needs_attention'"
    ),
    "stillwater_orders_coming_back": "order_order (id) WHERE private_metadata ? 'return'",
    "stillwater_orders_came_back": "order_order (id) WHERE private_metadata ? 'returned'",
    # written as Django writes `icontains`
    "stillwater_orders_by_email": (
        "order_order USING gin (upper(user_email::text) gin_trgm_ops)"
    ),
    "stillwater_users_by_email": (
        "account_user USING gin (upper(email::text) gin_trgm_ops)"
    ),
    # nearly all allocations are of orders that were sent, and hold nothing any more
    "stillwater_allocations_held": (
        "warehouse_allocation (stock_id) INCLUDE (quantity_allocated)"
        " WHERE quantity_allocated > 0"
    ),
}


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0003_refund"),
        ("product_content", "0004_search"),  # makes the extension pg_trgm
    ]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}")
        for name, what in INDEXES.items()
    ]
