"""Accounts get the normal form of their e-mail address, by which log-ins look them up."""

from django.db import migrations
from django.db.models.functions import Lower

from product_content.parsing import normal_email


def spell(apps, schema_editor):
    """Write each address anew, unless another account has its normal form."""
    users = apps.get_model("account", "User").objects
    for pk, email in users.order_by("pk").values_list("pk", "email"):
        wanted = normal_email(email)
        taken = users.exclude(pk=pk).alias(small=Lower("email")).filter(small=wanted)
        if wanted not in {email, ""} and not taken.exists():
            users.filter(pk=pk).update(email=wanted)


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0013_order_origins"),
        ("account", "0045_auto_20200427_0425"),
    ]

    operations = [migrations.RunPython(spell, migrations.RunPython.noop)]
