"""The triggers that count the steps of an order's pieces, and keep them.

A step is never changed, and the sums of a line follow its steps: nobody can write one without the
other. What is reserved, sent and called back comes from Saleor's own order lines, so orders,
commands and a hand on psql are all recorded; who did it comes from the setting that the stock
ledger reads, `inventory.context` (plugins.inventory.ledger.stock_reason).
"""

from django.db import migrations

# Whole statements at a time: the sums are checked once all steps of a statement are counted.
COUNT = """
CREATE FUNCTION ordering_count_pieces() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ordering_linepieces (line_id, ordered, reserved, packed, sent, cancelled,
        returned_sealed, returned_opened, restocked, written_off)
    SELECT DISTINCT line_id, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM added
    ON CONFLICT (line_id) DO NOTHING;
    -- What is sent, and what is called back, was or is reserved; a parcel's own pieces go first.
    UPDATE ordering_linepieces known SET
        ordered = known.ordered + step.reserved,
        reserved = known.reserved + step.reserved + step.called_back - step.sent - step.cancelled,
        packed = known.packed + step.packed - step.unpacked - least(known.packed, step.sent),
        sent = known.sent + step.sent - step.called_back,
        cancelled = known.cancelled + step.cancelled,
        returned_sealed = known.returned_sealed + step.returned_sealed,
        returned_opened = known.returned_opened + step.returned_opened,
        restocked = known.restocked + step.restocked,
        written_off = known.written_off + step.written_off
    FROM (
        SELECT line_id,
            coalesce(sum(pieces) FILTER (WHERE kind = 'reserved'), 0) AS reserved,
            coalesce(sum(pieces) FILTER (WHERE kind = 'packed'), 0) AS packed,
            coalesce(sum(pieces) FILTER (WHERE kind = 'unpacked'), 0) AS unpacked,
            coalesce(sum(pieces) FILTER (WHERE kind = 'sent'), 0) AS sent,
            coalesce(sum(pieces) FILTER (WHERE kind = 'called_back'), 0) AS called_back,
            coalesce(sum(pieces) FILTER (WHERE kind = 'cancelled'), 0) AS cancelled,
            coalesce(sum(pieces) FILTER (WHERE kind = 'returned' AND sealed), 0)
                AS returned_sealed,
            coalesce(sum(pieces) FILTER (WHERE kind = 'returned' AND NOT sealed), 0)
                AS returned_opened,
            coalesce(sum(pieces) FILTER (WHERE kind = 'restocked'), 0) AS restocked,
            coalesce(sum(pieces) FILTER (WHERE kind = 'written_off'), 0) AS written_off
        FROM added GROUP BY line_id
    ) step WHERE known.line_id = step.line_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ordering_steps_are_counted AFTER INSERT ON ordering_piecestep
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ordering_count_pieces();
"""
FROM_SALEOR = """
CREATE FUNCTION ordering_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ordering_piecestep (line_id, kind, pieces, actor_id, reference, at)
    SELECT id, 'reserved', quantity, (inventory_context()->>'actor')::int, '', clock_timestamp()
    FROM added WHERE quantity > 0 ORDER BY id;
    INSERT INTO ordering_piecestep (line_id, kind, pieces, actor_id, reference, at)
    SELECT id, 'sent', quantity_fulfilled, (inventory_context()->>'actor')::int, '',
        clock_timestamp()
    FROM added WHERE quantity_fulfilled > 0 ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER ordering_lines_reserve AFTER INSERT ON order_orderline
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ordering_new_lines();

CREATE FUNCTION ordering_changed_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor int := (inventory_context()->>'actor')::int;
    more int := NEW.quantity - OLD.quantity;
    left_now int := NEW.quantity_fulfilled - OLD.quantity_fulfilled;
BEGIN
    IF more < 0 THEN
        RAISE EXCEPTION 'order line %: pieces are cancelled, not taken off the line', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF more > 0 THEN
        INSERT INTO ordering_piecestep (line_id, kind, pieces, actor_id, reference, at)
        VALUES (NEW.id, 'reserved', more, actor, '', clock_timestamp());
    END IF;
    IF left_now <> 0 THEN
        INSERT INTO ordering_piecestep (line_id, kind, pieces, actor_id, reference, at)
        VALUES (NEW.id, CASE WHEN left_now > 0 THEN 'sent' ELSE 'called_back' END,
            abs(left_now), actor, '', clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ordering_line_changes AFTER UPDATE ON order_orderline
    FOR EACH ROW WHEN ((OLD.quantity, OLD.quantity_fulfilled)
        IS DISTINCT FROM (NEW.quantity, NEW.quantity_fulfilled))
    EXECUTE FUNCTION ordering_changed_line();
"""
REFUSALS = """
CREATE FUNCTION ordering_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: % is refused, or the pieces of orders would not add up', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ordering_step_stays BEFORE UPDATE OR DELETE ON ordering_piecestep
    FOR EACH ROW EXECUTE FUNCTION ordering_refuse_change();
CREATE TRIGGER ordering_steps_stay BEFORE TRUNCATE ON ordering_piecestep
    FOR EACH STATEMENT EXECUTE FUNCTION ordering_refuse_change();
-- Only the trigger that counts writes the sums: it runs inside of another one's statement.
CREATE TRIGGER ordering_sums_follow BEFORE INSERT OR UPDATE OR DELETE ON ordering_linepieces
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ordering_refuse_change();
CREATE TRIGGER ordering_sums_stay BEFORE TRUNCATE ON ordering_linepieces
    FOR EACH STATEMENT EXECUTE FUNCTION ordering_refuse_change();
"""
UNDO = """
DROP FUNCTION ordering_count_pieces, ordering_new_lines, ordering_changed_line,
    ordering_refuse_change CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0006_pieces"),
        ("inventory", "0002_ledger"),  # makes the function inventory_context
    ]

    operations = [migrations.RunSQL([COUNT, FROM_SALEOR, REFUSALS], UNDO)]
