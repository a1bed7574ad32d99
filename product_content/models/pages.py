"""The words of the shop's own pages, its news, and the addresses that pages once had."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from saleor.product.models import Product

from product_content.models.guides import Guide


class PageText(models.Model):
    """One version of the shop's own words on a page in one language.

    Rows are added, never changed: the newest version counts, and the others are its history.
    `is_default` says that from this version on the words are those of `data/pages` again.
    """

    page = models.CharField(max_length=20)
    language = models.CharField(max_length=35)
    version = models.PositiveIntegerField()
    is_default = models.BooleanField(default=False)
    title = models.CharField(max_length=60, blank=True, default="")
    lead = models.CharField(max_length=300, blank=True, default="")
    body_markdown = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, related_name="+", on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("page", "language", "-version")
        verbose_name = "page of the shop"
        verbose_name_plural = "pages of the shop"
        constraints = (
            models.UniqueConstraint(
                fields=("page", "language", "version"), name="one_page_text_per_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.page}, {self.language}, version {self.version}"


class NewsItem(models.Model):
    """Something that the press said, or that changed here; in one language.

    Customers read it from `day` on, once it `is_published`. `source_url` is where it can be read
    in full, "" for the shop's own.
    """

    slug = models.SlugField(max_length=80, unique=True)
    language = models.CharField(max_length=35, default=settings.LANGUAGE_CODE)
    day = models.DateField(default=timezone.localdate)
    title = models.CharField(max_length=120)
    body_markdown = models.TextField("text", max_length=20_000)
    source_name = models.CharField("whose words", max_length=120, blank=True, default="")
    source_url = models.URLField("link to them", max_length=300, blank=True, default="")
    is_published = models.BooleanField("published", default=False)

    class Meta:
        ordering = ("-day", "-pk")
        default_permissions = ()  # Saleor's `product.manage_products` guards it
        verbose_name = "news item"
        verbose_name_plural = "news"

    def __str__(self) -> str:
        return self.title


class FormerSlug(models.Model):
    """A slug that a product or a guide once had: its old address leads to the new one.

    Triggers of migration 0010 write it, whoever renames: the dashboard, the loader or a person at
    the database. A slug that another row takes over belongs to whoever lost it last.
    """

    slug = models.CharField(max_length=255)
    product = models.ForeignKey(
        Product, null=True, related_name="former_slugs", on_delete=models.CASCADE
    )
    guide = models.ForeignKey(
        Guide, null=True, related_name="former_slugs", on_delete=models.CASCADE
    )

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                name="former_slug_of_one_thing",
                condition=Q(product__isnull=False, guide__isnull=True)
                | Q(product__isnull=True, guide__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("slug",), condition=Q(guide=None), name="former_slug_of_one_product"
            ),
            models.UniqueConstraint(
                fields=("slug",), condition=Q(product=None), name="former_slug_of_one_guide"
            ),
        )

    def __str__(self) -> str:
        return self.slug
