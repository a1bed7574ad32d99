"""Saleor leaves spent allocations behind as rows with 0: sums over stock must skip them."""

from django.db import migrations

CREATE = """
CREATE INDEX product_content_held_stock ON warehouse_allocation (stock_id)
INCLUDE (quantity_allocated) WHERE quantity_allocated > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ("product_content", "0002_order_of_sizes"),
        ("warehouse", "0008_auto_20200430_0239"),
    ]

    operations = [migrations.RunSQL(CREATE, "DROP INDEX product_content_held_stock")]
