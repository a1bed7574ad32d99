"""Refunds of exchanges that stand keep what pays for the pieces that were sent in exchange."""

from django.db import migrations


def mark(apps, schema_editor):
    """Mark the refund of each replacement that was not cancelled; older keys name none."""
    refunds = apps.get_model("ordering", "Refund").objects
    returns = apps.get_model("fulfilment", "Return").objects.filter(replacement__isnull=False)
    stands = returns.exclude(replacement__status="canceled")
    for pk, replacement in stands.order_by("pk").values_list("pk", "replacement_id").iterator():
        keys = (f"exchange-{pk}-{replacement}", f"exchange-{pk}")
        refunds.filter(key__in=keys).update(in_exchange=True)


class Migration(migrations.Migration):

    dependencies = [
        ("fulfilment", "0008_review_invitation"),
        ("ordering", "0020_refund_in_exchange"),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
