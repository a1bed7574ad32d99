"""The list of changes by hand goes into the stock ledger of plugins.inventory.

The ledger's sum must be the stock. What lies between two changes by hand, such as orders, is
entered as an opening balance; the one of today follows in inventory 0002, which runs after this.
"""

from django.db import migrations

COPY = """
INSERT INTO inventory_stockentry (measure, stock_id, variant_id, warehouse_id, before, after,
    reason, note, actor_id, at)
SELECT 'quantity', step.stock_id, stock.product_variant_id, stock.warehouse_id, step.before,
    step.after, step.reason, step.note, step.actor_id, step.at
FROM (
    SELECT id, 1 AS part, stock_id, before, after, reason, note, actor_id, at
    FROM dashboard_stockchange
    UNION ALL
    SELECT id, 0, stock_id, lag(after, 1, 0) OVER (PARTITION BY stock_id ORDER BY id), before,
        'opening', '', NULL, at
    FROM dashboard_stockchange
) step JOIN warehouse_stock stock ON stock.id = step.stock_id
WHERE step.before <> step.after ORDER BY step.id, step.part
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0002_roles"),
        ("inventory", "0001_initial"),
    ]
    run_before = [("inventory", "0002_ledger")]

    operations = [
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.DeleteModel("StockChange"),
    ]
