"""The words of the shop's own pages: list, edit, preview, history, default. And its news."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import translation
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from dashboard.admin.base import ReadOnlyModelAdmin, format_day
from dashboard.admin.catalogue.admin import PERMISSION
from dashboard.admin.changes import LinesField
from dashboard.admin.content.forms import PreviewedAdmin
from dashboard.site import staff_site
from product_content.models import NewsItem, PageText
from product_content.pages import (
    FACT_NAMES,
    MAX_BODY,
    MAX_LEAD,
    MAX_TITLE,
    PAGES,
    PageRefused,
    PageWords,
    history_of_page,
    read_news,
    read_page,
    reset_page,
    save_page,
    words_of_version,
)
from product_content.parsing import parse_id

_UNPROCESSABLE = 422
_MAX_SHOWN = 20  # versions


@dataclass(frozen=True)
class PageState:
    """A page in one language: which words it has, and how much of them only the owner can write."""

    language: str
    state: str
    notes: int


def page_states(slug: str) -> list[PageState]:
    """Return how a page stands in each language."""
    return [_state(slug, code) for code, _ in settings.LANGUAGES]


def _state(slug: str, language: str) -> PageState:
    newest = history_of_page(slug, language).first()
    words = words_of_version(newest, slug, language)
    own = newest is not None and not newest.is_default
    state = f"Own words, version {newest.version}" if newest and own else "Default"
    return PageState(language, state, len(words.notes))


def neutral_title(title: str) -> str:
    """Return the title; raises ValidationError if it tells what the shop sells."""
    from plugins.order_emails.kinds import base  # noqa: F401  these import one another
    from plugins.order_emails.texts import found_in, sensitive_terms

    if words := found_in(title, sensitive_terms()):
        message = f"This tells what the shop sells: {', '.join(words)}."
        raise forms.ValidationError(message)
    return title


class PageForm(forms.Form):
    """The words of a page in one language. The service validates all but the title's discretion."""

    expected_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    title = forms.CharField(
        max_length=MAX_TITLE,
        widget=UnfoldAdminTextInputWidget(),
        help_text="It stays in the browser's history: nothing in it may tell what the shop sells.",
    )
    lead = LinesField(label="Under the title", max_length=MAX_LEAD,
                           widget=UnfoldAdminTextareaWidget({"rows": 2}))  # fmt: skip
    body = LinesField(
        label="Text (Markdown)",
        max_length=MAX_BODY,
        widget=UnfoldAdminTextareaWidget({"rows": 28}),
        help_text="## begins a heading, * a list item; [words](/guides/) is a link. [[…]] marks "
        "what is still to be written: customers see it, so end with none.",
    )

    def clean_title(self) -> str:
        """Refuse a title that would tell who looks over a shoulder."""
        return neutral_title(str(self.cleaned_data["title"]))

    def words(self) -> PageWords:
        """Return what was typed."""
        return PageWords(*(self.cleaned_data[name] for name in ("title", "lead", "body")))

    def refuse(self, problems: dict[str, str]) -> None:
        """Show the service's problems beside their fields."""
        for name, problem in problems.items():
            self.add_error(name or None, problem)


@admin.register(PageText, site=staff_site)
class PageTextAdmin(ReadOnlyModelAdmin):
    """A page of all pages, and one for each in each language."""

    required_permission = PERMISSION

    def get_urls(self) -> list[Any]:
        """Add the page of one page's words."""
        view = self.admin_site.admin_view(self.text_view)
        return [path("<slug:page>/<slug:language>/", view, name="page_text"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List the pages, not the versions."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        context = {
            **staff_site.each_context(request),
            "title": "Pages of the shop",
            "rows": [(slug, name, page_states(slug)) for slug, name in PAGES.items()],
        }
        return TemplateResponse(request, "dashboard/page_texts.html", context)

    def text_view(self, request: HttpRequest, page: str, language: str) -> HttpResponse:
        """Show the words of a page; a POST saves, previews or resets them."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        if page not in PAGES or language not in dict(settings.LANGUAGES):
            raise Http404
        editor = _Editor(request, page, language)
        return editor.change() if request.method == "POST" else editor.show()


class _Editor:
    """One request to the words of a page in a language."""

    def __init__(self, request: HttpRequest, page: str, language: str) -> None:
        self.request, self.page, self.language = request, page, language
        self.history = list(history_of_page(page, language)[:_MAX_SHOWN])
        data = request.POST if request.method == "POST" else None
        self.form = PageForm(data, initial=self._initial())

    def change(self) -> HttpResponse:
        """Perform the pressed button's action; on an error, keep the page and what was typed."""
        if not self.form.is_valid():
            return self.show(status=_UNPROCESSABLE)
        steps = {"save": self._save, "reset": self._reset, "preview": self._preview}
        try:
            return steps.get(self.request.POST.get("do", ""), self.show)()
        except PageRefused as refused:
            self.form.refuse(refused.problems)
        return self.show(status=_UNPROCESSABLE)

    def show(self, status: int = 200) -> HttpResponse:
        """Return the form with the history below it."""
        context = {
            **staff_site.each_context(self.request),
            "title": f"{PAGES[self.page]} · {dict(settings.LANGUAGES)[self.language]}",
            "form": self.form,
            "fields": [self.form[name] for name in ("title", "lead", "body")],
            "facts": FACT_NAMES,
            "history": self.history,
            "address": f"/{self.page}/",
        }
        return TemplateResponse(self.request, "dashboard/page_text.html", context, status=status)

    def _preview(self) -> HttpResponse:
        with translation.override(self.language):
            page = read_page(self.page, self.form.words(), self.language)
        context = {"page": page}
        return TemplateResponse(self.request, "dashboard/page_preview.html", context)

    def _save(self) -> HttpResponse:
        text = save_page(words=self.form.words(), **self._version())
        messages.success(self.request, f"Version {text.version} is shown from now on.")
        return redirect(self.request.path)

    def _reset(self) -> HttpResponse:
        reset_page(**self._version())
        messages.success(self.request, "The default words are shown again.")
        return redirect(self.request.path)

    def _version(self) -> dict[str, Any]:
        return {
            "slug": self.page,
            "language": self.language,
            "expected_version": self.form.cleaned_data["expected_version"],
            "user_id": self.request.user.pk,
        }

    def _initial(self) -> dict[str, Any]:
        """Return the newest words, or those of the version that `?version=` asks to bring back."""
        newest = self.history[0] if self.history else None
        wanted = parse_id(self.request.GET.get("version", ""))
        shown = next((text for text in self.history if text.version == wanted), newest)
        words = words_of_version(shown, self.page, self.language)
        version = newest.version if newest else 0
        return {"title": words.title, "lead": words.lead, "body": words.body,
                "expected_version": version}  # fmt: skip


class NewsForm(forms.ModelForm):
    """A news item. Its title is read over shoulders, as those of pages are."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget())
    source_url = forms.URLField(
        label="Link to them", required=False, max_length=300, assume_scheme="https",
        widget=UnfoldAdminURLInputWidget(),
    )  # fmt: skip

    class Meta:
        model = NewsItem
        fields = ()  # the admin's fields name them
        widgets = {"body_markdown": UnfoldAdminTextareaWidget({"rows": 18})}
        help_texts = {
            "slug": "The end of the page's address.",
            "day": "Readers see it from this day on.",
            "body_markdown": "## begins a heading, * a list item; [words](/guides/) is a link.",
        }

    def clean_title(self) -> str:
        """Refuse a title that would tell who looks over a shoulder."""
        return neutral_title(str(self.cleaned_data["title"]))

    def clean_slug(self) -> str:
        """Refuse an address that would tell as much."""
        slug = str(self.cleaned_data["slug"])
        neutral_title(slug.replace("-", " "))
        return slug


@admin.register(NewsItem, site=staff_site)
class NewsItemAdmin(PreviewedAdmin):
    """What the press said and what changed here."""

    required_permission = PERMISSION
    can_remove = True
    form = NewsForm
    list_display = ("title", "read_from", "language", "is_published")
    list_filter = ("is_published",)
    search_fields = ("title",)
    ordering = ("-day", "-pk")
    prepopulated_fields = {"slug": ("title",)}
    fields = (
        ("title", "slug"), ("day", "language"), "body_markdown",
        ("source_name", "source_url"), "is_published",
    )  # fmt: skip
    empty_help = "No news yet: the shop's footer does not name the page until there is some."

    preview_name = "news"
    preview_article = "product_content/news_article.html"

    @display(description="Day", ordering="day")
    def read_from(self, item: NewsItem) -> str:
        """Return the day from which on it is read."""
        return format_day(item.day)

    def read(self, row: Any) -> dict[str, Any]:
        """Return the item as its page would show it."""
        return {"item": read_news(row)}
