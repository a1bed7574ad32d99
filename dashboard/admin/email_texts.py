"""The words of each e-mail: seen, written, tried, and put back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import translation

from dashboard.admin.base import ReadOnly, SaleorModelAdmin
from dashboard.admin.email_forms import WordsForm
from dashboard.selectors.emails import email_rows, shown_email
from dashboard.selectors.numbers import order_numbered
from dashboard.site import staff_site
from plugins.order_emails.errors import SendRefused, TextRefused
from plugins.order_emails.kinds import KINDS, Kind
from plugins.order_emails.kinds.base import TEXT_FIELDS
from plugins.order_emails.models import EmailText
from plugins.order_emails.selectors.texts import history_of, newest_text, texts_of
from plugins.order_emails.services import reset_text, save_text, send_test

_UNPROCESSABLE = 422


@admin.register(EmailText, site=staff_site)
class EmailTextAdmin(ReadOnly, SaleorModelAdmin):
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
        """Show an e-mail and its words; a POST saves, tries, sends a test or puts back."""
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
        self.form = WordsForm(data, kind=kind, initial=self._initial())

    def change(self) -> HttpResponse:
        """Do what the pressed button says; stay on the page, with all words, if it cannot be."""
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
        """Return the page: words, preview and history."""
        number = self.request.GET.get("order") or self.request.POST.get("order", "")
        order = order_numbered(number)
        typed = self.form.is_bound and self.form.is_valid()
        texts = self.form.as_texts() if typed else self._texts()
        context = {
            **staff_site.each_context(self.request),
            "title": f"{self.kind.title} · {dict(settings.LANGUAGES)[self.language]}",
            "kind": self.kind,
            "form": self.form,
            "newest": self.newest,
            "order": number,
            "order_is_unknown": bool(number) and order is None,
            "shown": shown_email(self.kind, self.language, texts, order),
            "history": history_of(self.kind.name, self.language)[:20],
        }
        return TemplateResponse(self.request, "dashboard/email_text.html", context, status=status)

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
            "seen_version": self.form.cleaned_data["seen_version"],
            "user_id": self.request.user.pk,
        }

    def _texts(self) -> Any:
        with translation.override(self.language):
            return texts_of(self.kind, self.newest)

    def _initial(self) -> dict[str, Any]:
        texts = self._texts()
        words = {name: getattr(texts, name) for name in TEXT_FIELDS}
        return words | {"seen_version": self.newest.version if self.newest else 0}
