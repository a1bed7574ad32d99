from django.db import migrations

# What `product_content.search.words` compares: an article number without case, hyphens and blanks.
INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS product_content_article_numbers
ON product_productvariant (lower(regexp_replace(sku, '[^[:alnum:]]', '', 'g')) text_pattern_ops)
"""
DROP = "DROP INDEX CONCURRENTLY IF EXISTS product_content_article_numbers"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("product", "0117_auto_20200423_0737"),
        ("product_content", "0022_motor_magnets"),
    ]

    operations = [migrations.RunSQL(INDEX, DROP)]
