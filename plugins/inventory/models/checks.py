"""What a comparison of the ledger with stock and orders found."""

from __future__ import annotations

from django.db import models


class LedgerCheck(models.Model):
    """One comparison: how many `differences` there were, and the first of them as sentences.

    They carry ids only. `unexplained` counts the changes of stock that nobody gave a reason for.
    """

    at = models.DateTimeField(auto_now_add=True)
    differences = models.PositiveIntegerField()
    first_ones = models.JSONField(default=list)
    unexplained = models.PositiveIntegerField()

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"check {self.pk}"
