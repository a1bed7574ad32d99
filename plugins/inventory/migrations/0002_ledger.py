"""The triggers that write the stock ledger, and keep it.

They stand in the database, so orders, staff pages, commands and a hand on psql are all recorded.
django-pgtrigger is not used: each of its triggers can be switched off by `pgtrigger.ignore`.

Why, who, and which order come from the transaction's setting `inventory.context`, a JSON object
that plugins.inventory.ledger.stock_reason sets. Without it a new stock that no
person made is an opening balance, and anything else is "unknown", which `manage.py check_ledger` shows.
"""

from django.db import migrations

CONTEXT = """
CREATE FUNCTION inventory_context() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('inventory.context', true), ''), '{}')::jsonb
$$;
"""
QUANTITY = """
CREATE FUNCTION inventory_record_quantity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    context jsonb := inventory_context();
    told text := nullif(context->>'reason', '');
    stock warehouse_stock := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    INSERT INTO inventory_stockentry (measure, stock_id, variant_id, warehouse_id, before, after,
        reason, note, actor_id, order_id, at)
    VALUES ('quantity', stock.id, stock.product_variant_id, stock.warehouse_id,
        CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.quantity END,
        CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE NEW.quantity END,
        coalesce(told, CASE WHEN TG_OP = 'INSERT' AND context->>'actor' IS NULL
            THEN 'opening' ELSE 'unknown' END),
        coalesce(context->>'note', ''), (context->>'actor')::int, (context->>'order')::int,
        clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER inventory_stock_begins AFTER INSERT ON warehouse_stock
    FOR EACH ROW WHEN (NEW.quantity <> 0) EXECUTE FUNCTION inventory_record_quantity();
CREATE TRIGGER inventory_stock_changes AFTER UPDATE ON warehouse_stock
    FOR EACH ROW WHEN (OLD.quantity IS DISTINCT FROM NEW.quantity)
    EXECUTE FUNCTION inventory_record_quantity();
CREATE TRIGGER inventory_stock_ends AFTER DELETE ON warehouse_stock
    FOR EACH ROW WHEN (OLD.quantity <> 0) EXECUTE FUNCTION inventory_record_quantity();
"""
ALLOCATED = """
CREATE FUNCTION inventory_record_allocated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    context jsonb := inventory_context();
    held warehouse_allocation := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    -- The order is the line's own, whatever the context says. LEFT JOIN: when a stock or a line is
    -- deleted, its row is gone before its allocations are.
    INSERT INTO inventory_stockentry (measure, stock_id, variant_id, warehouse_id, before, after,
        reason, note, actor_id, order_id, order_line_id, at)
    SELECT 'allocated', held.stock_id, stock.product_variant_id, stock.warehouse_id,
        CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.quantity_allocated END,
        CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE NEW.quantity_allocated END,
        coalesce(nullif(context->>'reason', ''), 'unknown'), coalesce(context->>'note', ''),
        (context->>'actor')::int, line.order_id, held.order_line_id, clock_timestamp()
    FROM (SELECT) one LEFT JOIN warehouse_stock stock ON stock.id = held.stock_id
        LEFT JOIN order_orderline line ON line.id = held.order_line_id;
    RETURN NULL;
END $$;
CREATE TRIGGER inventory_allocation_begins AFTER INSERT ON warehouse_allocation
    FOR EACH ROW WHEN (NEW.quantity_allocated <> 0) EXECUTE FUNCTION inventory_record_allocated();
CREATE TRIGGER inventory_allocation_changes AFTER UPDATE ON warehouse_allocation
    FOR EACH ROW WHEN (OLD.quantity_allocated IS DISTINCT FROM NEW.quantity_allocated)
    EXECUTE FUNCTION inventory_record_allocated();
CREATE TRIGGER inventory_allocation_ends AFTER DELETE ON warehouse_allocation
    FOR EACH ROW WHEN (OLD.quantity_allocated <> 0) EXECUTE FUNCTION inventory_record_allocated();
"""
# Pieces that become another stock's by a change of their row's keys would leave the ledger's
# sums behind; so would rows that are emptied out without a trigger per row.
REFUSALS = """
CREATE FUNCTION inventory_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: % is refused, or the stock ledger would not be true', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER inventory_entry_stays BEFORE UPDATE OR DELETE ON inventory_stockentry
    FOR EACH ROW EXECUTE FUNCTION inventory_refuse();
CREATE TRIGGER inventory_ledger_stays BEFORE TRUNCATE ON inventory_stockentry
    FOR EACH STATEMENT EXECUTE FUNCTION inventory_refuse();
CREATE TRIGGER inventory_stock_stays BEFORE TRUNCATE ON warehouse_stock
    FOR EACH STATEMENT EXECUTE FUNCTION inventory_refuse();
CREATE TRIGGER inventory_allocation_stays BEFORE TRUNCATE ON warehouse_allocation
    FOR EACH STATEMENT EXECUTE FUNCTION inventory_refuse();
CREATE TRIGGER inventory_stock_keeps_its_place BEFORE UPDATE ON warehouse_stock
    FOR EACH ROW WHEN ((OLD.id, OLD.product_variant_id, OLD.warehouse_id)
        IS DISTINCT FROM (NEW.id, NEW.product_variant_id, NEW.warehouse_id))
    EXECUTE FUNCTION inventory_refuse();
CREATE TRIGGER inventory_allocation_keeps_its_place BEFORE UPDATE ON warehouse_allocation
    FOR EACH ROW WHEN ((OLD.stock_id, OLD.order_line_id)
        IS DISTINCT FROM (NEW.stock_id, NEW.order_line_id))
    EXECUTE FUNCTION inventory_refuse();
"""
# What a stock holds beyond what the ledger knows (all of it, or what was copied from the
# dashboard's former list of changes) is its opening balance.
OPENING = """
INSERT INTO inventory_stockentry (measure, stock_id, variant_id, warehouse_id, before, after,
    reason, note, at)
SELECT 'quantity', stock.id, stock.product_variant_id, stock.warehouse_id,
    coalesce(known.total, 0), stock.quantity, 'opening', '', now()
FROM warehouse_stock stock LEFT JOIN (
    SELECT stock_id, sum(after - before) AS total FROM inventory_stockentry GROUP BY stock_id
) known ON known.stock_id = stock.id
WHERE stock.quantity <> coalesce(known.total, 0);
INSERT INTO inventory_stockentry (measure, stock_id, variant_id, warehouse_id, before, after,
    reason, note, order_id, order_line_id, at)
SELECT 'allocated', held.stock_id, stock.product_variant_id, stock.warehouse_id,
    0, held.quantity_allocated, 'opening', '', line.order_id, line.id, now()
FROM warehouse_allocation held JOIN warehouse_stock stock ON stock.id = held.stock_id
    JOIN order_orderline line ON line.id = held.order_line_id
WHERE held.quantity_allocated <> 0;
"""
UNDO = """
DROP FUNCTION inventory_record_quantity, inventory_record_allocated, inventory_refuse CASCADE;
DROP FUNCTION inventory_context;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0001_initial"),
        ("warehouse", "0009_remove_invalid_allocation"),
    ]

    operations = [
        migrations.RunSQL(OPENING, migrations.RunSQL.noop),
        migrations.RunSQL([CONTEXT, QUANTITY, ALLOCATED, REFUSALS], UNDO),
    ]
