"""One normal form of promo codes, computed by the database: only letters and digits, upper case.

A code that a voucher or a gift card has already, in whatever spelling, is refused. This is a
trigger and not a unique index: codes of two tables are one set, and a shop that has two spellings
of one code already must still be able to migrate (both stay; the form asks to change one).
"""

from django.db import migrations

NORMAL_CODE = """
CREATE FUNCTION stillwater_normal_code(code text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT upper(regexp_replace(normalize(code, NFKC), '[^[:alnum:]]', '', 'g')) $$;
"""
INDEXES = """
CREATE INDEX stillwater_voucher_normal_code ON discount_voucher (stillwater_normal_code(code));
CREATE INDEX stillwater_gift_card_normal_code
ON giftcard_giftcard (stillwater_normal_code(code));
"""
# The advisory lock makes two transactions that write one code wait for each other; what the first
# has committed, the second then sees.
REFUSE_TAKEN_CODE = """
CREATE FUNCTION stillwater_refuse_taken_code() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    normal text := stillwater_normal_code(NEW.code);
BEGIN
    IF TG_OP = 'UPDATE' AND stillwater_normal_code(OLD.code) = normal THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('stillwater code ' || normal, 0));
    IF EXISTS (
        SELECT FROM discount_voucher WHERE stillwater_normal_code(code) = normal
        AND NOT (TG_TABLE_NAME = 'discount_voucher' AND id = NEW.id)
    ) OR EXISTS (
        SELECT FROM giftcard_giftcard WHERE stillwater_normal_code(code) = normal
        AND NOT (TG_TABLE_NAME = 'giftcard_giftcard' AND id = NEW.id)
    ) THEN
        RAISE unique_violation USING
            MESSAGE = 'a voucher or gift card has this code already',
            CONSTRAINT = 'stillwater_one_normal_code';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stillwater_voucher_code BEFORE INSERT OR UPDATE OF code ON discount_voucher
FOR EACH ROW EXECUTE FUNCTION stillwater_refuse_taken_code();
CREATE TRIGGER stillwater_gift_card_code BEFORE INSERT OR UPDATE OF code ON giftcard_giftcard
FOR EACH ROW EXECUTE FUNCTION stillwater_refuse_taken_code();
"""
# Saleor's names of vouchers without one, such as "10.000 % off": pages now say "Discount" there.
FORGET_SALEORS_NAMES = r"""
UPDATE order_order SET discount_name = '', translated_discount_name = ''
WHERE discount_name ~ '^(%?[0-9]+\.[0-9]+ ([A-Z]{3}|%) off|Free shipping$)'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0010_order_flags"),
        ("discount", "0019_auto_20200217_0350"),
        ("giftcard", "0003_auto_20200217_0350"),
        ("order", "0083_merge_20200421_0529"),
    ]

    operations = [
        migrations.RunSQL(
            NORMAL_CODE, "DROP FUNCTION stillwater_normal_code(text)"
        ),
        migrations.RunSQL(
            INDEXES,
            "DROP INDEX stillwater_voucher_normal_code, stillwater_gift_card_normal_code",
        ),
        migrations.RunSQL(
            REFUSE_TAKEN_CODE,
            """
            DROP TRIGGER stillwater_voucher_code ON discount_voucher;
            DROP TRIGGER stillwater_gift_card_code ON giftcard_giftcard;
            DROP FUNCTION stillwater_refuse_taken_code();
            """,
        ),
        migrations.RunSQL(FORGET_SALEORS_NAMES, migrations.RunSQL.noop),
    ]
