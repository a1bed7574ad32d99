"""Guides: written, previewed, published, reviewed; and the claims and sources they rest on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from unfold.decorators import action, display

from dashboard.admin.base import (
    SaleorModelAdmin,
    SaleorStackedInline,
    SaleorTabularInline,
    format_day,
    try_to_publish,
)
from dashboard.admin.catalogue.admin import PERMISSION
from dashboard.admin.content.forms import (
    ClaimForm,
    GuideForm,
    PreviewedAdmin,
    SearchGroupForm,
    SourceForm,
)
from dashboard.admin.filters import GuideReviewFilter
from dashboard.services.publishing import publish_guide, unpublish_guide
from dashboard.site import staff_site
from product_content.models import (
    Claim,
    Guide,
    GuideProduct,
    GuideRelation,
    SearchGroup,
    Source,
    render_guides,
)
from product_content.policies import is_review_due
from product_content.search.indexing import index_guides, index_words
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
class GuideAdmin(PreviewedAdmin):
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

    preview_name = "guide"
    preview_article = "product_content/guide_article.html"

    def read(self, row: Any) -> dict[str, Any]:
        """Return the guide as its page would show it."""
        return {"guide": preview_guide(row)}

    def save_model(self, request: HttpRequest, obj: Guide, form: Any, change: bool) -> None:
        """Save; a new guide is a draft until somebody publishes it."""
        obj.is_published = obj.is_published and change
        super().save_model(request, obj, form, change)

    def all_is_saved(self, request: HttpRequest, obj: Guide) -> None:
        """Index the guide for the search."""
        index_guides(guide_ids=[obj.pk])

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

    def all_is_saved(self, request: HttpRequest, obj: Source) -> None:
        """Print what changed in the guides that rely on it."""
        render_guides(obj.claims.values_list("slug", flat=True))


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

    def all_is_saved(self, request: HttpRequest, obj: Claim) -> None:
        """Print what changed in the guides that cite it."""
        render_guides([obj.slug])


@admin.register(SearchGroup, site=staff_site)
class SearchGroupAdmin(SaleorModelAdmin):
    """The words by which customers search, in each language, and where they lead."""

    required_permission = PERMISSION
    can_remove = True
    form = SearchGroupForm
    list_display = ("name", "language", "words_begin", "leads_to", "sensitive")
    list_filter = ("language", "sensitive")
    search_fields = ("name", "words", "leads_to")
    search_help_text = "Name, word or answer"
    fields = (("name", "language"), "words", "leads_to", "sensitive")

    @display(description="Words")
    def words_begin(self, group: SearchGroup) -> str:
        """Return the first words of the group."""
        return truncatechars(", ".join(group.phrases), 80)

    def save_model(self, request: HttpRequest, obj: SearchGroup, form: Any, change: bool) -> None:
        """Save, and let the search know the words at once."""
        super().save_model(request, obj, form, change)
        index_words()

    def delete_model(self, request: HttpRequest, obj: SearchGroup) -> None:
        """Delete, and let the search forget the words at once."""
        super().delete_model(request, obj)
        index_words()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SearchGroup]) -> None:
        """Delete the chosen groups, and let the search forget their words at once."""
        super().delete_queryset(request, queryset)
        index_words()
