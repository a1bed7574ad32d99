"""The rates of the United Kingdom, and the triggers that keep what was computed and issued.

Orders from before have no rows of tax and no invoice: the shop computed no VAT then, and nothing
is computed for them afterwards.
"""

from datetime import date

from django.db import migrations

SOURCE = "https://www.gov.uk/guidance/rates-of-vat-on-different-goods-and-services"
CLASSES = (("standard", "Standard rate"), ("reduced", "Reduced rate"), ("zero", "Zero rate"))
# The standard rate since the Finance (No. 2) Act 2010; the reduced rate and the zero rate as in
# the Value Added Tax Act 1994, section 29A (its rate of 5 % since 1997) and section 30.
RATES = (
    ("standard", 20, date(2011, 1, 4)),
    ("reduced", 5, date(1997, 9, 1)),
    ("zero", 0, date(1994, 9, 1)),
)
KEEP = """
CREATE FUNCTION taxes_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: % is refused, or papers that were handed out would not be true',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
-- An invoice loses its person when its order does; nothing else of it ever changes.
CREATE TRIGGER taxes_invoice_stays BEFORE UPDATE ON taxes_invoice
    FOR EACH ROW WHEN (
        (OLD.id, OLD.order_id, OLD.number, OLD.issued_at, OLD.language, OLD.vat_number, OLD.content)
        IS DISTINCT FROM
        (NEW.id, NEW.order_id, NEW.number, NEW.issued_at, NEW.language, NEW.vat_number, NEW.content)
        OR (OLD.buyer IS DISTINCT FROM NEW.buyer AND NEW.buyer <> '[]'::jsonb))
    EXECUTE FUNCTION taxes_refuse_change();
CREATE TRIGGER taxes_invoice_is_kept BEFORE DELETE ON taxes_invoice
    FOR EACH ROW EXECUTE FUNCTION taxes_refuse_change();
CREATE TRIGGER taxes_invoices_are_kept BEFORE TRUNCATE ON taxes_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION taxes_refuse_change();
CREATE TRIGGER taxes_order_tax_stays BEFORE UPDATE ON taxes_ordertax
    FOR EACH ROW EXECUTE FUNCTION taxes_refuse_change();
CREATE TRIGGER taxes_credit_tax_stays BEFORE UPDATE OR DELETE ON taxes_credittax
    FOR EACH ROW EXECUTE FUNCTION taxes_refuse_change();
"""
UNDO = """
DROP TRIGGER taxes_credit_tax_stays ON taxes_credittax;
DROP TRIGGER taxes_order_tax_stays ON taxes_ordertax;
DROP TRIGGER taxes_invoices_are_kept ON taxes_invoice;
DROP TRIGGER taxes_invoice_is_kept ON taxes_invoice;
DROP TRIGGER taxes_invoice_stays ON taxes_invoice;
DROP FUNCTION taxes_refuse_change();
"""


def add_rates(apps, schema_editor):
    """Add the three classes and the rates of the United Kingdom."""
    tax_class = apps.get_model("taxes", "TaxClass")
    tax_class.objects.bulk_create(tax_class(code=code, name=name) for code, name in CLASSES)
    rate = apps.get_model("taxes", "TaxRate")
    rate.objects.bulk_create(
        rate(
            country="GB", tax_class_id=code, percent=percent, valid_from=first_day, source=SOURCE
        )
        for code, percent, first_day in RATES
    )


class Migration(migrations.Migration):
    dependencies = [("taxes", "0001_initial")]

    operations = [
        migrations.RunPython(add_rates, migrations.RunPython.noop),
        migrations.RunSQL(KEEP, UNDO),
    ]
