"""Spell the label of a cancelled payment session in British English; the value stays."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ordering', '0004_quick_lists'),
    ]

    operations = [
        migrations.AlterField(
            model_name='paymentsession',
            name='state',
            field=models.CharField(choices=[('new', 'Not opened yet'), ('open', 'Open at the provider'), ('paid', 'Paid'), ('expired', 'Expired'), ('canceled', 'Cancelled')], default='new', max_length=10),
        ),
    ]
