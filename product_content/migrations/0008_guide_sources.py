from django.db import migrations


class Migration(migrations.Migration):
    """The sources of guides are rows since 0007; they go in a step of their own, once stored."""

    dependencies = [("product_content", "0007_claims")]

    operations = [migrations.RemoveField(model_name="guide", name="sources")]
