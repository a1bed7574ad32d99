"""A sheet of goods that somebody posted: one row, however often the button was pressed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plugins.inventory.reasons import StockReason


class StockPosting(models.Model):
    """A receipt, count, move or kit that was posted. `key` comes from the form that showed it."""

    key = models.UUIDField(unique=True)
    reason = models.CharField(max_length=20, choices=StockReason.choices)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.pk}"
