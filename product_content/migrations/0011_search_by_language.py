"""Documents for the search in each language, and the words of customers that staff can change.

The documents and words are built anew by the next `load_catalogue`.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models

# Names are qualified: a restored dump computes the column with an empty search path. In Spanish
# the stemmer knows "-ción" and "-ciones" by their accents, which people leave out: both become
# "-cion" here.
_MAKE = """
CREATE TEXT SEARCH CONFIGURATION public.shop_en (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION public.shop_en
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION public.shop_es (COPY = pg_catalog.spanish);
ALTER TEXT SEARCH CONFIGURATION public.shop_es
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, spanish_stem;
CREATE FUNCTION public.shop_vector(language text, content text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN 'es' THEN to_tsvector('public.shop_es'::regconfig, regexp_replace(
            content, '([cs])iones\\M', '\\1ion', 'gi'))
        ELSE to_tsvector('public.shop_en'::regconfig, content)
    END
$$;
"""
_UNMAKE = """
DROP FUNCTION public.shop_vector;
DROP TEXT SEARCH CONFIGURATION public.shop_en;
DROP TEXT SEARCH CONFIGURATION public.shop_es;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('product', '0117_auto_20200423_0737'),
        ('product_content', '0010_rendered_picture'),
    ]

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(_MAKE, _UNMAKE),
        migrations.DeleteModel('SearchDocument'),
        migrations.DeleteModel('SearchWord'),
        migrations.CreateModel(
            name='SearchGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Spanish')], max_length=8)),
                ('name', models.CharField(help_text='For staff: what these words are about.', max_length=80)),
                ('words', models.TextField(help_text='Words or phrases with commas between them. Endings do not matter: “refund” covers “refunds” and “refunded”.')),
                ('leads_to', models.CharField(blank=True, max_length=100, verbose_name='answer')),
                ('sensitive', models.BooleanField(default=False, help_text='The spelling help never changes these words.', verbose_name='sensitive words')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('language', 'name'), name='search_group_once', violation_error_message='There is a group of this name in this language.')],
            },
        ),
        migrations.CreateModel(
            name='SearchPhrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=8)),
                ('stems', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stemmed', to='product_content.searchgroup')),
            ],
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=8)),
                ('word', models.CharField(max_length=40)),
                ('folded', models.CharField(max_length=40)),
                ('stem', models.CharField(max_length=40)),
                ('sensitive', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('language', 'word'), name='search_word_once')],
            },
        ),
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'en'), ('es', 'es')], max_length=8)),
                ('title', models.CharField(max_length=250)),
                ('keywords', models.TextField()),
                ('summary', models.TextField()),
                ('body', models.TextField()),
                ('sizes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None)),
                ('vector', models.GeneratedField(db_persist=True, expression=models.Func(models.Func(models.Func(models.Func(models.Func(models.F('language'), models.F('title'), function='shop_vector'), models.Value('A'), output_field=django.contrib.postgres.search.SearchVectorField(), template='setweight(%(expressions)s::"char")'), models.Func(models.Func(models.F('language'), models.F('keywords'), function='shop_vector'), models.Value('B'), output_field=django.contrib.postgres.search.SearchVectorField(), template='setweight(%(expressions)s::"char")'), arg_joiner=' || ', template='(%(expressions)s)'), models.Func(models.Func(models.F('language'), models.F('summary'), function='shop_vector'), models.Value('C'), output_field=django.contrib.postgres.search.SearchVectorField(), template='setweight(%(expressions)s::"char")'), arg_joiner=' || ', template='(%(expressions)s)'), models.Func(models.Func(models.F('language'), models.F('body'), function='shop_vector'), models.Value('D'), output_field=django.contrib.postgres.search.SearchVectorField(), template='setweight(%(expressions)s::"char")'), arg_joiner=' || ', template='(%(expressions)s)'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('guide', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='search_documents', to='product_content.guide')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='search_documents', to='product.product')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['vector'], name='search_document_vector')],
                'constraints': [models.CheckConstraint(condition=models.Q(('product__isnull', True), ('guide__isnull', True), _connector='XOR'), name='search_document_of_one_thing'), models.UniqueConstraint(fields=('product', 'language'), name='product_language_once'), models.UniqueConstraint(fields=('guide', 'language'), name='guide_language_once')],
            },
        ),
    ]
