"""Guides, and how they are tied to products and to one another."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from saleor.product.models import Product

from product_content.rendering import cited_ids, render_guide


class GuideTopic(models.TextChoices):
    """Where a guide stands on the list of guides."""

    UNDERSTANDING = "understanding", _("Understanding")
    CHOOSING = "choosing", _("Choosing")
    USING = "using", _("Using")
    CARING = "caring", _("Caring")
    SUPPORT = "support", _("Finding support")


class GuideStage(models.TextChoices):
    """When somebody who thinks about a product needs the guide; in this order."""

    BEFORE = "before", _("Before you buy")
    FIRST_USE = "first_use", _("First use")
    MOVING_UP = "moving_up", _("Moving up")
    CARE = "care", _("Care and keeping")


class Guide(models.Model):
    """An article. Its Markdown is rendered once, when it is saved.

    `sources` is a list of objects with id, organisation, title and, where known, url; the body
    cites them as footnotes by id.
    """

    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    topic = models.CharField(max_length=20, choices=GuideTopic.choices)
    audience = models.CharField("who it is for", max_length=300)
    when_to_stop = models.TextField("when to stop and see someone", help_text="One thing a line.")
    body_markdown = models.TextField("text (Markdown)")
    sources = models.JSONField(default=list, blank=True)
    author = models.CharField(max_length=120)
    reviewer = models.CharField(
        max_length=200,
        blank=True,
        help_text="A real clinician's name and profession. Leave empty until one has reviewed it.",
    )
    reviewed_on = models.DateField(null=True, blank=True)
    updated_on = models.DateField(default=date.today)
    is_published = models.BooleanField(default=True)
    sort_order = models.PositiveSmallIntegerField(default=0)
    body_html = models.TextField(editable=False)
    sources_html = models.TextField(editable=False)
    contents = models.JSONField("table of contents", default=list, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(editable=False)

    class Meta:
        ordering = ("sort_order", "title")
        constraints = [
            models.CheckConstraint(
                name="guide_review_has_name_and_date",
                condition=(Q(reviewer="") & Q(reviewed_on__isnull=True))
                | (Q(reviewer__regex=r"\S") & Q(reviewed_on__isnull=False)),
                violation_error_message="Give both the reviewer and the date, or neither.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        """Render, then save."""
        self.render()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def source_ids(self) -> set[str]:
        """The ids of the sources."""
        return {source["id"] for source in self.sources}

    @property
    def cited_ids(self) -> set[str]:
        """The ids that the text cites."""
        return cited_ids(self.body_markdown)

    def render(self) -> None:
        """Work out what the page shows of the text, its contents and its sources."""
        rendered = render_guide(self.body_markdown, self.sources)
        self.body_html = rendered.html
        self.sources_html = rendered.sources_html
        self.contents = [entry.as_dict() for entry in rendered.contents]
        self.reading_minutes = rendered.reading_minutes


class GuideProduct(models.Model):
    """A guide is of use with a product: at which stage, and why.

    The product's page always shows the guide; the guide shows the product only if `on_guide`, so
    that a guide for all sets does not become a list of everything that is sold.
    """

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="product_links")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="guide_links")
    stage = models.CharField(max_length=12, choices=GuideStage.choices)
    reason = models.CharField(max_length=300)
    on_guide = models.BooleanField("shown on the guide", default=True)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort_order",)
        constraints = [
            models.UniqueConstraint(fields=["guide", "product"], name="product_once_per_guide"),
            models.CheckConstraint(
                name="guide_product_stage_and_reason",
                condition=Q(stage__in=GuideStage.values) & Q(reason__regex=r"\S"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guide} → {self.product}"


class GuideRelation(models.Model):
    """A guide worth reading next."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="relations")
    related = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="related_from")
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("sort_order",)
        constraints = [
            models.UniqueConstraint(fields=["guide", "related"], name="related_guide_once"),
            models.CheckConstraint(
                name="guide_not_related_to_itself", condition=~Q(guide=F("related"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guide} → {self.related}"
