"""The preview of what is being written: as customers would read it, in a tab of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from dashboard.admin.base import SaleorModelAdmin
from dashboard.site import staff_site


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
