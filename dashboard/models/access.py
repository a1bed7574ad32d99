"""Who looked at whose data. Rows are only ever added, and forgotten with staff's log."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Looked(models.TextChoices):
    """What somebody looked at."""

    ORDER = "order", "Order"
    PARCEL = "parcel", "Parcel at the bench"
    SHEET = "sheet", "Label or slip"
    CUSTOMER = "customer", "Customer"


class AccessRecord(models.Model):
    """One look at a page that shows a customer's data; `subject_id` is the order or customer."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Looked.choices)
    subject_id = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()  # `dashboard.view_access_log` guards it
        indexes = (models.Index(fields=("subject_id",), name="looks_at_subject"),)
        verbose_name = "look"
        verbose_name_plural = "who looked at what"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject_id}"
