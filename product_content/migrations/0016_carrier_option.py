from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('product_content', '0015_goods_of_a_size'),
    ]

    operations = [
        migrations.AddField(
            model_name='deliverytime',
            name='carrier_option',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name="carrier's code"),
        ),
    ]
