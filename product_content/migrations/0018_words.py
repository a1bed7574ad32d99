"""What the shop's pages said of its goods stands in the catalogue now; shops that are open keep it."""

from django.db import migrations

HOME = (
    "Dilator sets chosen by size, with plain guides for before you buy, the first session and "
    "everything after. No hurry, no judgement, and no one needs to know."
)
LENGTHS = (
    "These lengths do not serve a schedule that must keep depth, as after vaginoplasty, nor use in "
    "the back passage. Ask your team first."
)
LISTS = {
    "sets": (
        "Every dilator set on one size scale, in millimetres and inches.", "vaginal dilator set",
    ),
    "singles": (
        "One size on its own: to replace one, or to add the step between two.", "vaginal dilator",
    ),
    "care": ("Lubricant, cleaning and somewhere to keep it all.", ""),
}


def keep_words(apps, schema_editor):
    categories = apps.get_model("product", "Category").objects.filter(slug__in=LISTS)
    for category in categories.filter(description=""):
        category.description, category.seo_title = LISTS[category.slug]
        category.save(update_fields=["description", "seo_title"])
    if categories.exists():
        sites = apps.get_model("site", "SiteSettings").objects.filter(description="")
        sites.update(description=HOME, header_text=LENGTHS)


class Migration(migrations.Migration):

    dependencies = [
        ("product_content", "0017_look"),
        ("product", "0117_auto_20200423_0737"),
        ("site", "0023_auto_20191007_0835"),
    ]

    operations = [migrations.RunPython(keep_words, migrations.RunPython.noop)]
