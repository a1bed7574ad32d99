"""Reports and exports: their permission, which managers get, and their rows of the access log."""

from django.db import migrations, models

CODENAME, NAME = "view_reports", "View reports and take the books away."


def give_to_managers(apps, schema_editor):
    """Add the permission to the group that `make_roles` made; it exists only after migrating."""
    group = apps.get_model("auth", "Group").objects.filter(name="Manager").first()
    if group is None:
        return
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="dashboard", model="staffmember"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=CODENAME, defaults={"name": NAME}
    )
    group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0014_reads_of_emails"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="staffmember",
            options={
                "default_permissions": (),
                "permissions": (
                    ("pack_orders", "Pack orders."),
                    ("manage_stock", "Manage stock."),
                    ("view_access_log", "View the access log."),
                    (CODENAME, NAME),
                ),
                "verbose_name": "member of staff",
                "verbose_name_plural": "staff",
            },
        ),
        migrations.AddField(
            model_name="accessrecord",
            name="detail",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="accessrecord",
            name="kind",
            field=models.CharField(
                choices=[
                    ("order", "Order"),
                    ("parcel", "Parcel"),
                    ("document", "Label or slip"),
                    ("customer", "Customer"),
                    ("message", "Message"),
                    ("email", "E-mail of an order"),
                    ("export", "Export"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(give_to_managers, migrations.RunPython.noop),
    ]
