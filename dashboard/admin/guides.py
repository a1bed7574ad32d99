"""Guides and the size chart."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from unfold.decorators import display

from dashboard.admin.base import SaleorModelAdmin, SaleorTabularInline
from dashboard.admin.content_parts import PERMISSION
from dashboard.admin.filters import ReviewFilter
from dashboard.site import staff_site
from product_content.models import Guide, GuideProduct, GuideRelation, Size
from product_content.policies import is_review_due


class GuideProductInline(SaleorTabularInline):
    """The products a guide speaks of, at which stage and why."""

    required_permission = PERMISSION
    can_remove = True
    model = GuideProduct
    verbose_name_plural = "Products"
    fields = ("product", "stage", "reason", "sort_order")
    hide_title = True


class GuideRelationInline(SaleorTabularInline):
    """The guides worth reading next."""

    required_permission = PERMISSION
    can_remove = True
    model = GuideRelation
    fk_name = "guide"
    verbose_name_plural = "Read next"
    fields = ("related", "sort_order")
    hide_title = True


@admin.register(Guide, site=staff_site)
class GuideAdmin(SaleorModelAdmin):
    """Articles, in Markdown. The reviewer stays empty until a clinician has reviewed one."""

    required_permission = PERMISSION
    list_display = ("title", "topic", "published", "reviewed", "updated_on")
    list_filter = (ReviewFilter, "is_published", "topic")
    search_fields = ("title", "summary", "slug")
    search_help_text = "Title or summary"
    ordering = ("sort_order", "title")
    prepopulated_fields = {"slug": ("title",)}
    inlines = (GuideProductInline, GuideRelationInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title", "slug"),
                    "summary",
                    "audience",
                    ("topic", "sort_order"),
                    "is_published",
                )
            },
        ),
        ("Text", {"fields": ("body_markdown", "when_to_stop", "sources")}),
        (
            "Who wrote and reviewed it",
            {"fields": (("author", "updated_on"), ("reviewer", "reviewed_on"))},
        ),
    )

    @display(
        description="State",
        ordering="is_published",
        label={"Published": "success", "Draft": "warning"},
    )
    def published(self, guide: Guide) -> str:
        """Return whether customers can read it."""
        return "Published" if guide.is_published else "Draft"

    @display(
        description="Review",
        ordering="reviewed_on",
        label={"Never": "warning", "Due again": "warning"},
    )
    def reviewed(self, guide: Guide) -> str:
        """Return when a clinician reviewed it, or that one should."""
        if guide.reviewed_on is None:
            return "Never"
        due, _why = is_review_due(reviewed_on=guide.reviewed_on, today=timezone.localdate())
        return "Due again" if due else f"{guide.reviewed_on:%-d %B %Y}"


@admin.register(Size, site=staff_site)
class SizeAdmin(SaleorModelAdmin):
    """The house size chart, in millimetres and grams."""

    required_permission = PERMISSION
    list_display = ("number", "diameter_mm", "usable_length_mm", "weight_g")
    list_display_links = ("number",)
    ordering = ("number",)
    fields = (("number", "diameter_mm"), ("usable_length_mm", "weight_g"))
