"""The forms of guides, claims and sources, and the preview of what is being written.

The preview shows it as customers would read it, in a tab of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminURLInputWidget,
)

from dashboard.admin.base import SaleorModelAdmin
from dashboard.site import staff_site
from product_content.models import Audience, Claim, Guide, SearchGroup, Source, claim_audiences
from product_content.policies import claim_problems, may_publish_guide
from product_content.search.results import GUIDE_PREFIX, PLACES


def audiences_form_field(label: str) -> forms.MultipleChoiceField:
    """Return a field of ticks, one for each audience."""
    return forms.MultipleChoiceField(
        label=label,
        choices=Audience.choices,
        widget=UnfoldAdminSelectMultipleWidget,
    )


class GuideForm(forms.ModelForm):
    """A guide; a published one must stay complete."""

    readers = audiences_form_field("Whom it is written for")

    class Meta:
        model = Guide
        fields = ()  # the admin's fieldsets name them
        widgets = {
            "body_markdown": UnfoldAdminTextareaWidget({"rows": 28}),
            "when_to_stop": UnfoldAdminTextareaWidget({"rows": 5}),
        }
        labels = {"sort_order": "Place in the list"}
        help_texts = {
            "slug": "The end of the page's address. The old one leads to a new one.",
            "body_markdown": "## begins a heading, * a list item; [words](/sets/) is a link. Each "
            "section cites a claim as [^id].",
            "updated_on": "The day on which the text last changed; readers see it.",
        }

    def clean_reviewed_on(self) -> date | None:
        """Refuse a review that has not happened yet."""
        return _refuse_future_day(self.cleaned_data["reviewed_on"])

    def clean_updated_on(self) -> date | None:
        """Refuse a change that has not happened yet."""
        return _refuse_future_day(self.cleaned_data["updated_on"])

    def clean(self) -> dict[str, Any]:
        """Refuse a change that leaves a published guide incomplete."""
        data = super().clean() or self.cleaned_data
        if self.instance.is_published and {"readers", "body_markdown"} <= data.keys():
            allowed, reason = may_publish_guide(
                text=data["body_markdown"], readers=data["readers"], claims=claim_audiences()
            )
            if not allowed:
                self.add_error("body_markdown", f"Customers read this guide, and {reason}.")
        return data


class SourceForm(forms.ModelForm):
    """A source: whom it speaks of, and a link and a day, or why there is none."""

    audiences = audiences_form_field("Whom it speaks of")
    url = forms.URLField(
        label="Link", required=False, max_length=300, assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
    )  # fmt: skip

    class Meta:
        model = Source
        fields = ()  # the admin's fieldsets name them

    def clean_accessed_on(self) -> date | None:
        """Refuse a day that has not come yet."""
        return _refuse_future_day(self.cleaned_data["accessed_on"])


class ClaimForm(forms.ModelForm):
    """A claim, for nobody whom none of its sources speaks of."""

    audiences = audiences_form_field("Whom it holds for")

    class Meta:
        model = Claim
        fields = ()  # the admin's fieldsets name them

    def clean(self) -> dict[str, Any]:
        """Refuse a claim that says more than its sources."""
        data = super().clean() or self.cleaned_data
        if {"audiences", "sources"} <= data.keys():
            sources = [source.audiences for source in data["sources"]]
            for problem in claim_problems(audiences=data["audiences"], sources=sources):
                self.add_error("audiences", f"{problem[0].upper()}{problem[1:]}.")
        return data


def _answer_choices() -> list[tuple[str, object]]:
    """Return the pages and guides that words can lead to, and none."""
    pages = [(key, str(place.title)) for key, place in PLACES.items()]
    guides = Guide.objects.order_by("title").values_list("slug", "title")
    return [
        ("", "None: the words stand for each other"),
        ("Pages", pages),
        ("Guides", [(f"{GUIDE_PREFIX}{slug}", title) for slug, title in guides]),
    ]


class SearchGroupForm(forms.ModelForm):
    """Words of customers, and the answer that they lead to."""

    leads_to = forms.ChoiceField(
        label="Answer", required=False, choices=_answer_choices, widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    class Meta:
        model = SearchGroup
        fields = ()  # the admin's fields name them

    def clean_words(self) -> str:
        """Refuse a group in which nothing is left to look for."""
        words = str(self.cleaned_data["words"])
        if not any(letter.isalnum() for letter in words):
            raise ValidationError("Write at least one word.")
        return words


def _refuse_future_day(day: date | None) -> date | None:
    if day and day > timezone.localdate():
        raise ValidationError("This day is still to come.")
    return day


class PreviewedAdmin(SaleorModelAdmin):
    """An area whose form has a button for a preview of what it holds.

    `preview_name` is what its addresses are called by, `preview_article` the template of what
    customers read. The button is in `admin/<app>/<model>/submit_line.html`.
    """

    preview_name: ClassVar[str]
    preview_article: ClassVar[str]

    class Media:
        js = ("dashboard/preview.js",)

    def get_urls(self) -> list[Any]:
        """Add the preview, of a new row and of one that is there."""
        view = self.admin_site.admin_view(self.preview_view)
        return [
            path("preview/", view, name=f"new_{self.preview_name}_preview"),
            path("<int:object_id>/preview/", view, name=f"{self.preview_name}_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        """Show what was typed as customers would read it; nothing is saved."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        if request.method != "POST":
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        row = get_object_or_404(self.model, pk=object_id) if object_id else None
        form = self.get_form(request, row, change=bool(row))(request.POST, instance=row)
        form.full_clean()  # assigns the valid fields to the instance
        context = {"form": form, "article": self.preview_article, **self.read(form.instance)}
        return TemplateResponse(request, "dashboard/preview.html", context)

    def read(self, row: Any) -> dict[str, Any]:
        """Return what the article's template needs to show a row that is perhaps not saved."""
        raise NotImplementedError
