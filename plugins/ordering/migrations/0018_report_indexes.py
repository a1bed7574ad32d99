"""Indexes by which reports find the refunds and payments of a period, made while the shop runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

_NAME = "stillwater_transactions_by_day"


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds an index concurrently outside a transaction only

    dependencies = [("ordering", "0017_finding")]

    operations = [
        AddIndexConcurrently(
            model_name="refund",
            index=models.Index(
                fields=["booked_at"],
                condition=Q(("booked_at__isnull", False)),
                name="refund_booked_at",
            ),
        ),
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {_NAME} ON payment_transaction (created)",
            f"DROP INDEX CONCURRENTLY IF EXISTS {_NAME}",
        ),
    ]
