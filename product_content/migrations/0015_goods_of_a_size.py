from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("product", "0117_auto_20200423_0737"),
        ("product_content", "0014_shop_settings"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="singlesize",
            index=models.Index(fields=["size", "variant"], name="singles_of_a_size"),
        ),
        AddIndexConcurrently(
            model_name="setsize",
            index=models.Index(fields=["size", "product"], name="sets_of_a_size"),
        ),
    ]
