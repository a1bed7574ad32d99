from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("product_content", "0004_search")]

    operations = [
        migrations.AddField(
            model_name="guideproduct",
            name="on_guide",
            field=models.BooleanField(default=True, verbose_name="shown on the guide"),
        ),
    ]
