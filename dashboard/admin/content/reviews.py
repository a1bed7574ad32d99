"""Reviews: those that wait come first; read, publish or decline, and answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from dashboard.admin.base import ReadOnlyModelAdmin, format_day
from dashboard.models import AccessKind
from dashboard.roles import MODERATE_REVIEWS
from dashboard.services.personal_data import record_access
from dashboard.site import staff_site
from plugins.fulfilment.policies import ReviewRefused
from plugins.fulfilment.reviews import decline_review, publish_review
from product_content.models import DeclineReason, Review
from product_content.models.reviews import MAX_TEXT

_UNPROCESSABLE = 422
_COLOURS = {"Waiting": "warning", "Published": "success", "Declined": "danger"}


class DecisionForm(forms.Form):
    """What becomes of a review, of the version that was read."""

    expected_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput())
    answer = forms.CharField(
        label="The shop’s answer",
        required=False,
        max_length=MAX_TEXT,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text="Shown below the review, in the same words in every language. Mostly empty.",
    )
    reason = forms.ChoiceField(
        label="Which rule it breaks",
        required=False,
        choices=[("", "None"), *DeclineReason.choices],
        widget=UnfoldAdminSelectWidget(),
        help_text="Only to decline it. Its writer reads this, and can change the review.",
    )


@admin.register(Review, site=staff_site)
class ReviewAdmin(ReadOnlyModelAdmin):
    """What customers say. Whose order it is stands nowhere: who moderates need not know."""

    required_permission = MODERATE_REVIEWS
    list_display = ("called", "how_far", "product", "written", "written_in")
    list_filter = ("state",)
    list_select_related = ("product",)
    ordering = ("-state", "pk")
    empty_help = "Nobody has written a review yet. Customers can once their parcel was sent."

    def title_of(self, obj: Review) -> str:
        """Return its number: titles stay in the browser's history."""
        return f"Review {obj.pk}"

    @display(description="Review", ordering="pk")
    def called(self, review: Review) -> str:
        """Return its number."""
        return self.title_of(review)

    @display(description="State", ordering="-state", label=_COLOURS)
    def how_far(self, review: Review) -> str:
        """Return whether it is published."""
        return review.get_state_display()

    @display(description="Written", ordering="written_on")
    def written(self, review: Review) -> str:
        """Return the day on which it was first written."""
        return format_day(review.written_on)

    @display(description="Language", ordering="language")
    def written_in(self, review: Review) -> str:
        """Return the language by its name."""
        return str(dict(settings.LANGUAGES).get(review.language, review.language))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a review; a POST publishes or declines it. That it was read is written down."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        review = self.get_object(request, object_id)
        if review is None:
            return redirect("admin:product_content_review_changelist")
        form = DecisionForm(request.POST or None, initial=_initial(review))
        if request.method == "POST" and form.is_valid() and self._decide(request, review, form):
            return redirect("admin:product_content_review_changelist")
        record_access(actor=request.user, kind=AccessKind.REVIEW, subject_id=review.pk)
        context = {
            **staff_site.each_context(request),
            "title": self.title_of(review),
            "opts": self.opts,
            "review": review,
            "form": form,
            "fields": [form["answer"], form["reason"]],
        }
        status = _UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, "dashboard/review.html", context, status=status)

    def _decide(self, request: HttpRequest, review: Review, form: DecisionForm) -> bool:
        """Do what the pressed button says, and write it into the log; False if it was refused."""
        data, decline = form.cleaned_data, request.POST.get("do") == "decline"
        if data["reason"] and not decline:  # perhaps the wrong button: nobody takes that back
            form.add_error("reason", "A rule is chosen. Decline it, or choose None to publish it.")
            return False
        about = {
            "review_id": review.pk,
            "expected_version": data["expected_version"],
            "user_id": int(request.user.pk or 0),
        }
        try:
            if decline:
                decline_review(reason=data["reason"], **about)
            else:
                publish_review(answer=data["answer"].strip(), **about)
        except ReviewRefused as refused:
            form.add_error(refused.field or None, str(refused))
            return False
        done = f"Declined. {DeclineReason(data['reason']).label}" if decline else "Published."
        self.log_change(request, review, done)
        messages.success(request, done)
        return True


def _initial(review: Review) -> dict[str, Any]:
    return {
        "expected_version": review.version,
        "answer": review.answer,
        "reason": review.reason,
    }
