"""The texts of each e-mail: list, edit, preview, send as a test, and reset."""

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
from saleor.order.models import Order
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from dashboard.admin.base import ReadOnlyModelAdmin
from dashboard.admin.changes import LinesField
from dashboard.models import AccessKind
from dashboard.selectors.home import MANAGE_ORDERS
from dashboard.selectors.orders import order_by_number
from dashboard.services.personal_data import record_access
from dashboard.site import staff_site
from plugins.order_emails.kinds.base import KINDS, TEXT_FIELDS, Audience, Kind, Texts
from plugins.order_emails.models import EmailText
from plugins.order_emails.policies import SendRefused, TextRefused
from plugins.order_emails.previews import preview, send_test
from plugins.order_emails.texts import (
    BrokenText,
    editable_fields,
    history_of,
    newest_text,
    newest_texts,
    reset_text,
    save_text,
    texts_of,
)

_AUDIENCE_LABELS = {
    Audience.CUSTOMER: "To customers, about an order",
    Audience.ACCOUNT: "To people with an account",
    Audience.NOTICE: "To people who asked for it",
    Audience.STAFF: "To the shop",
}


@dataclass(frozen=True)
class LanguageState:
    """The state of a kind's texts in one language; `problem` is why they cannot be used."""

    code: str
    state: str
    problem: str


@dataclass(frozen=True)
class EmailRow:
    """A kind of e-mail with its languages."""

    kind: Kind
    languages: list[LanguageState]


@dataclass(frozen=True)
class EmailPreview:
    """A preview. `is_real` says whether an order's own values are in it."""

    subject: str
    text: str
    html: str
    is_real: bool
    problem: str = ""


def email_rows() -> dict[str, list[EmailRow]]:
    """Return all kinds, grouped by their audience."""
    newest = newest_texts()
    return {
        words: [
            EmailRow(kind, [_language_state(newest, kind, code) for code, _ in settings.LANGUAGES])
            for kind in KINDS.values()
            if kind.audience is audience
        ]
        for audience, words in _AUDIENCE_LABELS.items()
    }


def preview_email(kind: Kind, language: str, texts: Texts, order: Order | None) -> EmailPreview:
    """Return the rendered e-mail, or why it cannot be rendered."""
    try:
        rendered, is_real = preview(kind, language, texts, order)
    except BrokenText as broken:
        return EmailPreview("", "", "", is_real=False, problem=str(broken))
    return EmailPreview(rendered.subject, rendered.text, rendered.html, is_real)


def _language_state(newest: dict, kind: Kind, code: str) -> LanguageState:
    text = newest.get((kind.name, code))
    if text is None or text.is_default:
        return LanguageState(code, "Default", "")
    return LanguageState(code, f"Own words, version {text.version}", text.problem)


_LABELS = {
    "subject": ("Subject", ""),
    "preheader": ("Preview line", "Mail programs show it beside the subject."),
    "heading": ("Heading", ""),
    "opening": ("Text", "A blank line begins a new paragraph."),
    "button": ("Words on the button", ""),
    "closing": ("Text at the end", "May be empty."),
}
_ROWS = {"opening": 8, "closing": 4}


class EmailTextForm(forms.Form):
    """One field per text of a kind. The service validates the texts."""

    expected_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in editable_fields(kind):
            self.fields[name] = _text_field(name)

    @property
    def texts(self) -> list[forms.BoundField]:
        """The fields of the texts."""
        return [self[name] for name in editable_fields(self.kind)]

    def words(self) -> dict[str, str]:
        """Return what was typed."""
        return {name: self.cleaned_data[name] for name in editable_fields(self.kind)}

    def as_texts(self) -> Texts:
        """Return what was typed as texts of an e-mail."""
        usual = {"heading": "", "opening": ""}
        return Texts(**(usual | self.words()))

    def refuse(self, problems: dict[str, str]) -> None:
        """Show the service's errors beside their fields."""
        for name, problem in problems.items():
            self.add_error(name if name in self.fields else None, problem)


def _text_field(name: str) -> forms.CharField:
    label, hint = _LABELS[name]
    rows = _ROWS.get(name)
    widget = UnfoldAdminTextareaWidget({"rows": rows}) if rows else UnfoldAdminTextInputWidget()
    return LinesField(
        label=label, help_text=hint, required=False, strip=False, widget=widget, max_length=4000
    )


_UNPROCESSABLE = 422


@admin.register(EmailText, site=staff_site)
class EmailTextAdmin(ReadOnlyModelAdmin):
    """A page of all kinds, and one page per kind and language."""

    required_permission = "site.manage_settings"

    def get_urls(self) -> list[Any]:
        """Add the page of one e-mail."""
        view = self.admin_site.admin_view(self.text_view)
        return [path("<slug:kind>/<slug:language>/", view, name="email_text"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List the kinds, not the versions."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        context = {
            **staff_site.each_context(request),
            "title": "E-mail texts",
            "groups": email_rows(),
            "languages": settings.LANGUAGES,
        }
        return TemplateResponse(request, "dashboard/email_texts.html", context)

    def text_view(self, request: HttpRequest, kind: str, language: str) -> HttpResponse:
        """Show an e-mail and its texts; a POST saves, previews, sends a test or resets."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        if kind not in KINDS or language not in dict(settings.LANGUAGES):
            raise Http404
        page = _TextPage(request, KINDS[kind], language)
        return page.change() if request.method == "POST" else page.show()


class _TextPage:
    """One request to the page of an e-mail in a language."""

    def __init__(self, request: HttpRequest, kind: Kind, language: str) -> None:
        self.request, self.kind, self.language = request, kind, language
        self.newest = newest_text(kind.name, language)
        data = request.POST if request.method == "POST" else None
        self.form = EmailTextForm(data, kind=kind, initial=self._initial())

    def change(self) -> HttpResponse:
        """Perform the pressed button's action; on an error, keep the page and what was typed."""
        if not self.form.is_valid():
            return self.show(status=_UNPROCESSABLE)
        steps = {"save": self._save, "reset": self._reset, "test": self._test}
        step = steps.get(self.request.POST.get("do", ""))
        try:
            return step() if step else self.show()
        except TextRefused as refused:
            self.form.refuse(refused.problems)
        except SendRefused as refused:
            messages.error(self.request, str(refused))
        return self.show(status=_UNPROCESSABLE)

    def show(self, status: int = 200) -> HttpResponse:
        """Return the page: texts, preview and history."""
        may_see_orders = self.request.user.has_perm(MANAGE_ORDERS)
        number = self._number() if may_see_orders else ""
        order = order_by_number(number)
        typed = self.form.is_bound and self.form.is_valid()
        texts = self.form.as_texts() if typed else self._texts()
        shown = preview_email(self.kind, self.language, texts, order)
        if order is not None and shown.is_real:
            record_access(actor=self.request.user, kind=AccessKind.ORDER, subject_id=order.pk)
        context = {
            **staff_site.each_context(self.request),
            "title": f"{self.kind.title} · {dict(settings.LANGUAGES)[self.language]}",
            "kind": self.kind,
            "form": self.form,
            "newest": self.newest,
            "may_see_orders": may_see_orders,
            "order": number,
            "order_is_unknown": bool(number) and order is None,
            "shown": shown,
            "history": history_of(self.kind.name, self.language)[:20],
        }
        return TemplateResponse(self.request, "dashboard/email_text.html", context, status=status)

    def _number(self) -> str:
        return self.request.GET.get("order") or self.request.POST.get("order", "")

    def _save(self) -> HttpResponse:
        text = save_text(words=self.form.words(), **self._version())
        messages.success(self.request, f"Version {text.version} is used from now on.")
        return redirect(self.request.path)

    def _reset(self) -> HttpResponse:
        reset_text(**self._version())
        messages.success(self.request, "The default words are used again.")
        return redirect(self.request.path)

    def _test(self) -> HttpResponse:
        texts = self.form.as_texts()
        pk = int(self.request.user.pk or 0)
        address = send_test(kind=self.kind.name, language=self.language, texts=texts, user_id=pk)
        messages.success(self.request, f"A test was sent to {address}. Nothing was saved.")
        return self.show()

    def _version(self) -> dict[str, Any]:
        return {
            "kind": self.kind.name,
            "language": self.language,
            "expected_version": self.form.cleaned_data["expected_version"],
            "user_id": self.request.user.pk,
        }

    def _texts(self) -> Any:
        with translation.override(self.language):
            return texts_of(self.kind, self.newest)

    def _initial(self) -> dict[str, Any]:
        texts = self._texts()
        words = {name: getattr(texts, name) for name in TEXT_FIELDS}
        return words | {"expected_version": self.newest.version if self.newest else 0}
