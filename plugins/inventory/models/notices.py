"""When staff are told that a stock is low, and customers that it is here again."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock


class ReorderPoint(models.Model):
    """So many pieces left, or fewer, are low. `told_at` is set while staff know of it."""

    stock = models.OneToOneField(Stock, on_delete=models.CASCADE, related_name="reorder_point")
    pieces = models.PositiveIntegerField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pieces} of stock {self.stock_id}"


class StockWish(models.Model):
    """Somebody asked to be told, once, when a variant can be bought again.

    Deleted, with the address, in the transaction that queues their e-mail.
    """

    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    language = models.CharField(max_length=35)
    path = models.CharField(max_length=300)  # of the product's page
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint("variant", Lower("email"), name="one_wish_per_address"),
        )

    def __str__(self) -> str:
        return f"wish {self.pk}"
