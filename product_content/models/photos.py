"""How the photos of products are stored."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from saleor.product.models import ProductImage


class PhotoFiles(models.Model):
    """The measures of a photo, in pixels, and the widths in which it lies beside its original.

    Pages name them, so that a browser fetches no more than it shows and nothing jumps while it
    does; Saleor's row knows neither. The files' names follow from `product_content.photo_names`.
    """

    image = models.OneToOneField(ProductImage, on_delete=models.CASCADE, related_name="files")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    widths = ArrayField(models.PositiveSmallIntegerField())

    class Meta:
        verbose_name_plural = "photo files"

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"
