"""Guides: written, previewed, published, reviewed; and the claims and sources they rest on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from unfold.decorators import action, display

from dashboard.admin.base import (
    SaleorModelAdmin,
    SaleorStackedInline,
    SaleorTabularInline,
    format_day,
    try_to_publish,
)
from dashboard.admin.catalogue.inlines import PERMISSION
from dashboard.admin.content.forms import ClaimForm, GuideForm, SourceForm
from dashboard.admin.filters import GuideReviewFilter
from dashboard.services.publishing import publish_guide, unpublish_guide
from dashboard.site import staff_site
from product_content.models import (
    Claim,
    Guide,
    GuideProduct,
    GuideRelation,
    Source,
    render_guides,
)
from product_content.policies import is_review_due
from product_content.search.indexing import index_guides
from product_content.selectors import preview_guide


class GuideProductInline(SaleorStackedInline):
    """The products a guide speaks of, at which stage and why."""

    required_permission = PERMISSION
    can_remove = True
    model = GuideProduct
    verbose_name = "product"
    verbose_name_plural = "Products"
    autocomplete_fields = ("product",)
    fields = (("product", "stage"), "reason", ("on_guide", "sort_order"))


class GuideRelationInline(SaleorTabularInline):
    """The guides worth reading next."""

    required_permission = PERMISSION
    can_remove = True
    model = GuideRelation
    fk_name = "guide"
    verbose_name = "guide"
    verbose_name_plural = "Read next"
    autocomplete_fields = ("related",)
    fields = ("related", "sort_order")
    hide_title = True


@admin.register(Guide, site=staff_site)
class GuideAdmin(SaleorModelAdmin):
    """Articles. The reviewer stays empty until a clinician has reviewed one."""

    required_permission = PERMISSION
    form = GuideForm
    list_display = ("title", "topic", "published", "reviewed", "updated")
    list_filter = (GuideReviewFilter, "is_published", "topic")
    search_fields = ("title", "summary", "slug")
    search_help_text = "Title or summary"
    ordering = ("sort_order", "title")
    prepopulated_fields = {"slug": ("title",)}
    inlines = (GuideProductInline, GuideRelationInline)
    actions = ("publish_selected", "unpublish_selected")
    actions_submit_line = ("publish", "unpublish")
    readonly_fields = ("published",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title", "slug"),
                    "summary",
                    "audience",
                    "readers",
                    ("topic", "sort_order"),
                    "published",
                )
            },
        ),
        ("Text", {"fields": ("body_markdown", "when_to_stop")}),
        (
            "Who wrote and reviewed it",
            {"fields": (("author", "updated_on"), ("reviewer", "reviewed_on"))},
        ),
    )

    class Media:
        js = ("dashboard/preview.js",)

    def get_urls(self) -> list[Any]:
        """Add the preview, of a new guide and of one that is there."""
        view = self.admin_site.admin_view(self.preview_view)
        return [
            path("preview/", view, name="new_guide_preview"),
            path("<int:guide_id>/preview/", view, name="guide_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, guide_id: int | None = None) -> HttpResponse:
        """Show what was typed as customers would read it; nothing is saved."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        if request.method != "POST":
            return redirect("admin:product_content_guide_changelist")
        guide = get_object_or_404(Guide, pk=guide_id) if guide_id else None
        form = self.get_form(request, guide, change=bool(guide))(request.POST, instance=guide)
        form.full_clean()  # assigns the valid fields to the instance
        context = {"form": form, "guide": preview_guide(form.instance)}
        return TemplateResponse(request, "dashboard/guide_preview.html", context)

    def save_model(self, request: HttpRequest, obj: Guide, form: Any, change: bool) -> None:
        """Save; a new guide is a draft until somebody publishes it."""
        obj.is_published = obj.is_published and change
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the links, then index the guide for the search."""
        super().save_related(request, form, formsets, change)
        index_guides(guide_ids=[form.instance.pk])

    @action(description="Save and publish", permissions=["change"])
    def publish(self, request: HttpRequest, obj: Guide) -> None:
        """Show the guide to customers, or say why not."""
        try_to_publish(request, partial(publish_guide, guide_id=obj.pk), called=f"“{obj}”")

    @action(description="Save and take back", permissions=["change"])
    def unpublish(self, request: HttpRequest, obj: Guide) -> None:
        """Make the guide a draft again."""
        unpublish_guide(guide_id=obj.pk)

    @admin.action(description="Publish", permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Guide]) -> None:
        """Show the chosen guides, as far as they may be shown."""
        for guide in queryset:
            self.publish(request, guide)

    @admin.action(description="Take back", permissions=["change"])
    def unpublish_selected(self, request: HttpRequest, queryset: QuerySet[Guide]) -> None:
        """Make the chosen guides drafts again."""
        for guide in queryset:
            unpublish_guide(guide_id=guide.pk)

    @display(
        description="State",
        ordering="is_published",
        label={"Published": "success", "Draft": "warning"},
    )
    def published(self, guide: Guide) -> str:
        """Return whether customers can read it; one that is not saved yet is a draft."""
        return "Published" if guide.is_published and guide.pk else "Draft"

    @display(
        description="Review",
        ordering="reviewed_on",
        label={"Never": "warning", "Due again": "warning"},
    )
    def reviewed(self, guide: Guide) -> str:
        """Return when a clinician reviewed it, or that one should."""
        if guide.reviewed_on is None:
            return "Never"
        due = is_review_due(reviewed_on=guide.reviewed_on, today=timezone.localdate()).allowed
        return "Due again" if due else format_day(guide.reviewed_on)

    @display(description="Updated", ordering="updated_on")
    def updated(self, guide: Guide) -> str:
        """Return when its text last changed."""
        return format_day(guide.updated_on)


@admin.register(Source, site=staff_site)
class SourceAdmin(SaleorModelAdmin):
    """The texts that claims rest on."""

    required_permission = PERMISSION
    form = SourceForm
    list_display = ("organisation", "title", "year", "strength", "accessed_on")
    list_filter = ("strength",)
    search_fields = ("organisation", "title", "slug", "says")
    search_help_text = "Organisation, title or what it says"
    fieldsets = (
        (None, {"fields": ("slug", "organisation", "title", ("year", "edition"), "strength")}),
        ("Where it stands", {"fields": ("url", "no_link", "accessed_on", "not_accessed")}),
        ("What it says", {"fields": ("says", "audiences")}),
    )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, and print what changed in the guides that rely on it."""
        super().save_related(request, form, formsets, change)
        render_guides(form.instance.claims.values_list("slug", flat=True))


@admin.register(Claim, site=staff_site)
class ClaimAdmin(SaleorModelAdmin):
    """The statements that texts make, with their sources and limits."""

    required_permission = PERMISSION
    form = ClaimForm
    list_display = ("slug", "says", "on_whose_word", "review_by")
    list_filter = ("sources",)
    search_fields = ("slug", "says", "limits")
    search_help_text = "Id, statement or limit"
    autocomplete_fields = ("sources",)
    fields = ("slug", "says", "sources", "audiences", "limits", "review_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Read the sources of all rows at once."""
        return super().get_queryset(request).prefetch_related("sources")

    @display(description="On whose word")
    def on_whose_word(self, claim: Claim) -> str:
        """Return the organisations, or that it is our own advice."""
        return ", ".join(source.organisation for source in claim.sources.all()) or "our own advice"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, and print what changed in the guides that cite it."""
        super().save_related(request, form, formsets, change)
        render_guides([form.instance.slug])
