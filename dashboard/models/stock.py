"""Who changed a stock by hand, by how much, and why. Rows are only ever added."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from saleor.warehouse.models import Stock


class StockReason(models.TextChoices):
    """Why a person sets a stock; orders change it by themselves."""

    COUNTED = "counted", "Counted"
    RECEIVED = "received", "Goods received"
    RETURNED = "returned", "Returned, unopened"
    DAMAGED = "damaged", "Damaged or written off"
    CORRECTION = "correction", "Mistake put right"


class StockChange(models.Model):
    """One change of the quantity on hand, in pieces."""

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="changes")
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=StockReason.choices)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stock_changes"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()  # `dashboard.manage_stock` guards it
        constraints = [
            models.CheckConstraint(
                name="stock_change_has_reason", condition=Q(reason__in=StockReason.values)
            ),
            models.CheckConstraint(name="stock_change_changes", condition=~Q(before=F("after"))),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
