"""Count the changes of the tables that public pages are made of (product_content.page_changes)."""

from django.db import migrations

from product_content.page_changes import watch_tables

# A writer takes a row that no other transaction has, so writers never wait for one another; each
# table has as many rows as there were ever writers at the same time. The sum is what counts, and
# the latest writer: where rows are brought back to what they were, the sum comes to be the same.
CREATE = """
CREATE TABLE product_content_pagechange (
    id bigserial PRIMARY KEY, relation name NOT NULL, changes bigint NOT NULL,
    writer bigint NOT NULL DEFAULT 0
);
CREATE FUNCTION product_content_count_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this bigint := pg_current_xact_id()::text::bigint;
BEGIN
    UPDATE product_content_pagechange SET changes = changes + 1, writer = this WHERE id = (
        SELECT id FROM product_content_pagechange WHERE relation = TG_TABLE_NAME
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO product_content_pagechange (relation, changes, writer)
        VALUES (TG_TABLE_NAME, 1, this);
    END IF;
    RETURN NULL;
END $$;
"""
DROP = """
DROP FUNCTION product_content_count_change();
DROP TABLE product_content_pagechange;
"""
OF_SALEOR = (
    "discount_sale",
    "discount_sale_categories",
    "discount_sale_collections",
    "discount_sale_products",
    "django_site",
    "product_category",
    "product_collection",
    "product_collectionproduct",
    "product_product",
    "product_productimage",
    "product_productvariant",
    "shipping_shippingzone",
    "site_sitesettings",
    "warehouse_allocation",
    "warehouse_stock",
    "warehouse_warehouse",
    "warehouse_warehouse_shipping_zones",
)
OURS = (
    "claim",
    "claim_sources",
    "guide",
    "guideproduct",
    "guiderelation",
    "photofiles",
    "productdetail",
    "safetycard",
    "setsize",
    "singlesize",
    "size",
    "source",
)


class Migration(migrations.Migration):
    dependencies = [
        ("discount", "0019_auto_20200217_0350"),
        ("product", "0117_auto_20200423_0737"),
        ("product_content", "0011_search_by_language"),
        ("shipping", "0017_django_price_2"),
        ("site", "0025_auto_20191024_0552"),
        ("sites", "0002_alter_domain_unique"),
        ("warehouse", "0009_remove_invalid_allocation"),
    ]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        *watch_tables(*OF_SALEOR, *(f"product_content_{name}" for name in OURS)),
    ]
