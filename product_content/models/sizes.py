"""The house size chart, and which sizes a set or a single has."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from saleor.product.models import Product, ProductVariant


class Size(models.Model):
    """One step of the house chart. Lengths are in millimetres, weights in grams.

    A trigger of migration 0001 refuses, at commit, a bigger number with a smaller or equal
    diameter: a chart that is out of order would send someone to the wrong size.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    diameter_mm = models.PositiveSmallIntegerField("diameter (mm)", unique=True)
    usable_length_mm = models.PositiveSmallIntegerField("usable length (mm)")
    weight_g = models.PositiveSmallIntegerField("weight (g)")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                name="size_figures_are_positive",
                condition=Q(number__gte=1)
                & Q(diameter_mm__gte=1)
                & Q(usable_length_mm__gte=1)
                & Q(weight_g__gte=1),
            )
        ]

    def __str__(self) -> str:
        return f"Size {self.number} ({self.diameter_mm} mm)"

    def clean(self) -> None:
        """Refuse, with a message for the form, a diameter that breaks the order of the chart."""
        if not (self.number and self.diameter_mm):
            return  # the form asks for them
        others = Size.objects.exclude(pk=self.pk)
        too_big = others.filter(number__gt=self.number, diameter_mm__lte=self.diameter_mm)
        too_small = others.filter(number__lt=self.number, diameter_mm__gte=self.diameter_mm)
        if (neighbour := too_big.first() or too_small.last()) is not None:
            raise ValidationError(
                {
                    "diameter_mm": f"Out of order: size {neighbour.number} is "
                    f"{neighbour.diameter_mm} mm. A bigger number must be wider."
                }
            )


class SetSize(models.Model):
    """A size that a set contains."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="set_sizes")
    size = models.ForeignKey(Size, on_delete=models.PROTECT, related_name="in_sets")

    class Meta:
        ordering = ("size__number",)
        constraints = [
            models.UniqueConstraint(fields=["product", "size"], name="size_once_per_set"),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.size}"


class SingleSize(models.Model):
    """The size of a variant that is sold singly."""

    variant = models.OneToOneField(
        ProductVariant, on_delete=models.CASCADE, related_name="single_size"
    )
    size = models.ForeignKey(Size, on_delete=models.PROTECT, related_name="singles")

    def __str__(self) -> str:
        return f"{self.variant} · {self.size}"
