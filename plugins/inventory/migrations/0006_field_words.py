"""Give the tables of back-in-stock alerts and stock documents the names that the code uses."""

from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0005_noted_entries'),
        ('product', '0117_auto_20200423_0737'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='stockwish', name='one_wish_per_address'),
        migrations.RenameModel('StockWish', 'BackInStockAlert'),
        migrations.AddConstraint(
            model_name='backinstockalert',
            constraint=models.UniqueConstraint(
                models.F('variant'), Lower('email'), name='one_alert_per_address'
            ),
        ),
        migrations.RenameModel('StockPosting', 'StockDocument'),
        migrations.RenameField('reorderpoint', 'told_at', 'alerted_at'),
        migrations.RenameField('ledgercheck', 'first_ones', 'first_differences'),
    ]
