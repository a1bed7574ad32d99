"""Call a payment that belongs to no order here an unmatched payment.

Django renames the content type with the model, and makes permissions of the new name beside the
old ones. The old rows are renamed instead, so that whoever has them keeps them.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OLD = ("straypayment", "stray payment")
NEW = ("unmatchedpayment", "unmatched payment")


def _rename(apps: Apps, old: tuple[str, str], new: tuple[str, str]) -> None:
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="stripe_payments", codename__endswith=f"_{old[0]}"
    )
    for permission in permissions:
        permission.codename = permission.codename.replace(old[0], new[0])
        permission.name = permission.name.replace(old[1], new[1])
        permission.save()


def to_unmatched(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rename the permissions."""
    _rename(apps, OLD, NEW)


def to_stray(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the permissions their old names back."""
    _rename(apps, NEW, OLD)


class Migration(migrations.Migration):

    dependencies = [
        ('stripe_payments', '0003_quick_lists'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('auth', '0011_update_proxy_permissions'),
    ]

    operations = [
        migrations.RenameModel('StrayPayment', 'UnmatchedPayment'),
        migrations.RenameField('unmatchedpayment', 'seen_at', 'received_at'),
        migrations.RunPython(to_unmatched, to_stray),
    ]
