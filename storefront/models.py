"""What customers keep in their account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from saleor.product.models import ProductVariant


class SavedVariant(models.Model):
    """Something that a customer saved for later; guests keep their list in the browser.

    `saved_at` is when it was saved last; a row goes with its account, and after its retention.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="saved_variants", on_delete=models.CASCADE
    )
    variant = models.ForeignKey(ProductVariant, related_name="saved_by", on_delete=models.CASCADE)
    saved_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-saved_at", "-pk")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("user", "variant"), name="saved_once_by_each"),
        )

    def __str__(self) -> str:
        return f"saved variant {self.variant_id}"
