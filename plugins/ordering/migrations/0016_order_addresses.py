"""Orders in an account keep the address to which their e-mails went so far: the account's."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def note(apps, schema_editor):
    """Write the account's address on its orders, where another or none stands."""
    users = apps.get_model("account", "User").objects.filter(pk=OuterRef("user_id"))
    orders = apps.get_model("order", "Order").objects.exclude(user=None)
    orders = orders.exclude(user_email=F("user__email")).values("pk")
    everything = apps.get_model("order", "Order").objects.filter(pk__in=orders)
    everything.update(user_email=Subquery(users.values("email")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0015_told"),
        ("account", "0045_auto_20200427_0425"),
        ("order", "0083_merge_20200421_0529"),
    ]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
