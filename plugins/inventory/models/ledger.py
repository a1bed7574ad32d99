"""The stock ledger."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock, Warehouse

from plugins.inventory.reasons import StockReason


class Measure(models.TextChoices):
    """Which of Saleor's two figures changed."""

    QUANTITY = "quantity", "On hand"
    ALLOCATED = "allocated", "Reserved"


def _trace(model: Any, related_name: str = "+") -> models.ForeignKey:
    """Return a reference that outlives its row: the ledger must not follow deletions."""
    return models.ForeignKey(
        model,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name=related_name,
    )


class StockEntry(models.Model):
    """One change of one figure of one stock, in pieces.

    Only triggers add rows (migration 0002), so no way of changing stock leads around them, and
    none can be changed or deleted. For `ALLOCATED`, before and after are those of one order line.
    """

    measure = models.CharField(max_length=9, choices=Measure.choices)
    stock = _trace(Stock, "entries")
    variant = _trace(ProductVariant)
    warehouse = _trace(Warehouse)
    before = models.IntegerField()
    after = models.IntegerField()
    reason = models.CharField(max_length=20, choices=StockReason.choices)
    note = models.CharField(max_length=200, blank=True)
    actor = _trace(settings.AUTH_USER_MODEL)
    order = _trace(Order)
    order_line = _trace(OrderLine)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        default_permissions = ()  # Saleor's `product.manage_products` guards it
        verbose_name_plural = "stock entries"
        indexes = (
            models.Index(fields=("stock", "measure", "at"), name="entries_of_stock"),
            models.Index(fields=("order",), condition=Q(order__isnull=False), name="order_entries"),
            models.Index(fields=("at",), condition=Q(reason="unknown"), name="unknown_entries"),
            # for `icontains`; what orders do has no note
            GinIndex(
                OpClass(Upper("note"), "gin_trgm_ops"), condition=~Q(note=""), name="noted_entries"
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="stock_entry_reason_is_known", condition=Q(reason__in=StockReason.values)
            ),
            # A person's change without a reason fails here, and with it the change itself.
            models.CheckConstraint(
                name="stock_entry_of_a_person_has_a_reason",
                condition=Q(actor__isnull=True) | ~Q(reason=StockReason.UNKNOWN),
            ),
            models.CheckConstraint(name="stock_entry_changes", condition=~Q(before=F("after"))),
        )

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.before} → {self.after}"
