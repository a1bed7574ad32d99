"""What a product page says beyond Saleor's own fields."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from saleor.product.models import Product

from product_content.rendering import render_text


class Firmness(models.TextChoices):
    """How far the product gives when pressed."""

    SOFT = "soft", _("Soft and flexible")
    MEDIUM = "medium", _("Medium: bends a little")
    FIRM = "firm", _("Firm: does not bend")
    NONE = "none", _("Does not apply")


class Latex(models.TextChoices):
    """Natural rubber latex, which some people are allergic to."""

    FREE = "free", _("Made without natural rubber latex")
    CONTAINS = "contains", _("Contains natural rubber latex")


class Magnet(models.TextChoices):
    """Whether the product has magnets in it."""

    NONE = "none", _("No magnets")
    STATIC = "static", _("Contains static magnets")


class ProductDetail(models.Model):
    """The texts of a product page; the Markdown is rendered once, when it is saved."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="detail")
    summary = models.CharField(max_length=300, help_text="One or two sentences, for lists.")
    description_markdown = models.TextField("description (Markdown)")
    description_html = models.TextField(editable=False)
    in_the_box = models.TextField("in the box", help_text="One thing a line.")

    def __str__(self) -> str:
        return f"Texts of {self.product}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Render the description, then save."""
        self.description_html = render_text(self.description_markdown)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


_CARD_TEXTS = ("material", "cleaning", "lubricant", "intended_use", "not_studied_for")


def _complete() -> Q:
    """Return the condition that every field of a card says something."""
    condition = (
        Q(firmness__in=Firmness.values) & Q(latex__in=Latex.values) & Q(magnet__in=Magnet.values)
    )
    for name in _CARD_TEXTS:
        condition &= Q(**{f"{name}__regex": r"\S"})
    return condition


class SafetyCard(models.Model):
    """The product safety card. A card is complete or is not saved at all.

    A product without a card is never shown to customers (see `selectors`).
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="safety_card")
    material = models.CharField(max_length=120)
    firmness = models.CharField(max_length=10, choices=Firmness.choices)
    latex = models.CharField(max_length=10, choices=Latex.choices)
    magnet = models.CharField(max_length=10, choices=Magnet.choices)
    cleaning = models.TextField()
    lubricant = models.TextField("lubricant compatibility")
    intended_use = models.TextField()
    not_studied_for = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="safety_card_is_complete", condition=_complete()),
        ]

    def __str__(self) -> str:
        return f"Safety card of {self.product}"
