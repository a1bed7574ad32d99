"""Rules that span rows: the chart is in order, and a set keeps at least one size.

Both are checked at commit, so that a whole chart or set can be changed in one transaction.
"""

from django.db import migrations

SIZES_IN_ORDER = """
CREATE FUNCTION product_content_sizes_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM product_content_size a JOIN product_content_size b ON a.number < b.number
        WHERE a.diameter_mm >= b.diameter_mm
    ) THEN
        RAISE EXCEPTION 'sizes are out of order: a bigger number must be wider'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sizes_in_order';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sizes_in_order
    AFTER INSERT OR UPDATE ON product_content_size DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION product_content_sizes_in_order();
"""
SET_KEEPS_A_SIZE = """
CREATE FUNCTION product_content_set_keeps_a_size() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM product_product p JOIN product_category c ON c.id = p.category_id
        WHERE p.id = OLD.product_id AND c.slug = 'sets'
    ) AND NOT EXISTS (
        SELECT 1 FROM product_content_setsize WHERE product_id = OLD.product_id
    ) THEN
        RAISE EXCEPTION 'a set must keep at least one size'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'set_keeps_a_size';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER set_keeps_a_size
    AFTER DELETE OR UPDATE OF product_id ON product_content_setsize
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION product_content_set_keeps_a_size();
"""
UNDO = """
DROP TRIGGER {name} ON {table};
DROP FUNCTION product_content_{name}();
"""


class Migration(migrations.Migration):
    dependencies = [("product_content", "0001_initial")]

    operations = [
        migrations.RunSQL(
            SIZES_IN_ORDER, UNDO.format(name="sizes_in_order", table="product_content_size")
        ),
        migrations.RunSQL(
            SET_KEEPS_A_SIZE, UNDO.format(name="set_keeps_a_size", table="product_content_setsize")
        ),
    ]
