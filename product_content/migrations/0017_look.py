import django.contrib.postgres.fields
from django.db import migrations, models

import product_content.models.shop


class Migration(migrations.Migration):

    dependencies = [
        ('product_content', '0016_carrier_option'),
    ]

    operations = [
        migrations.AddField(
            model_name='shopsettings',
            name='accent',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of links and buttons, such as #17656b. The one by night follows. Empty: ours.', max_length=7, validators=[product_content.models.shop.validate_accent], verbose_name='accent colour'),
        ),
        migrations.AddField(
            model_name='shopsettings',
            name='hidden_languages',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=7), blank=True, db_default=[], default=list, help_text='Their pages lead to the English ones. Orders placed in them keep their e-mails.', size=None, verbose_name='languages that are not offered'),
        ),
        migrations.AddField(
            model_name='shopsettings',
            name='logo',
            field=models.ImageField(blank=True, db_default='', default='', help_text="PNG, JPEG or WebP, shown small beside the name on the shop's pages. Never on parcels or in e-mails; quiet mode hides it. Neutral all the same, please.", upload_to='shop'),
        ),
    ]
