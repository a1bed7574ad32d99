"""Call the access log by its name, and a printed label or slip a document.

Saved views and permissions are rows that hold these words, so they are rewritten too.
"""

from django.db import migrations, models

KIND = "UPDATE dashboard_accessrecord SET kind = '{}' WHERE kind = '{}'"
# `query` is a query string: a parameter is followed by `&`, or by nothing.
FILTER = r"""
    UPDATE dashboard_savedview
    SET query = regexp_replace(query, '(^|&)(kind[a-z_]*)={1}(&|$)', '\1\2={0}\3')
    WHERE list_name = 'dashboard.accessrecord'
"""
LIST = "UPDATE dashboard_savedview SET list_name = '{}' WHERE list_name = '{}'"
PERMISSION = """
    UPDATE auth_permission SET name = '{}'
    FROM django_content_type kind
    WHERE kind.id = content_type_id AND kind.app_label = 'dashboard'
        AND codename = 'view_access_log'
"""
PAYMENTS = ("stripe_payments.unmatchedpayment", "stripe_payments.straypayment")


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0011_update_proxy_permissions'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('dashboard', '0008_looks_at_subject'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='accessrecord',
            options={'default_permissions': (), 'ordering': ('-pk',), 'verbose_name': 'access', 'verbose_name_plural': 'access log'},
        ),
        migrations.AlterModelOptions(
            name='staffmember',
            options={'default_permissions': (), 'permissions': (('pack_orders', 'Pack orders.'), ('manage_stock', 'Manage stock.'), ('view_access_log', 'View the access log.')), 'verbose_name': 'member of staff', 'verbose_name_plural': 'staff'},
        ),
        migrations.AlterField(
            model_name='accessrecord',
            name='kind',
            field=models.CharField(choices=[('order', 'Order'), ('parcel', 'Parcel'), ('document', 'Label or slip'), ('customer', 'Customer')], max_length=10),
        ),
        migrations.RenameIndex(
            model_name='accessrecord', old_name='looks_at_subject', new_name='access_by_subject'
        ),
        migrations.RunSQL(
            [
                KIND.format("document", "sheet"),
                FILTER.format("document", "sheet"),
                LIST.format(*PAYMENTS),
                PERMISSION.format("View the access log."),
            ],
            [
                KIND.format("sheet", "document"),
                FILTER.format("sheet", "document"),
                LIST.format(*reversed(PAYMENTS)),
                PERMISSION.format("See who looked at what."),
            ],
        ),
    ]
