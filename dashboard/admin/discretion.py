"""Discreet shipping: what staff set, and the list of collection points."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from saleor.plugins.models import PluginConfiguration
from unfold.decorators import action

from dashboard.admin.base import SaleorModelAdmin
from dashboard.admin.discretion_forms import ImportForm, SettingsForm
from dashboard.site import staff_site
from plugins.discreet_shipping.constants import OPTIONS
from plugins.discreet_shipping.errors import PointsRefused
from plugins.discreet_shipping.models import CollectionPoint
from plugins.discreet_shipping.selectors.settings import settings_row
from plugins.discreet_shipping.services import import_points, import_postcodes, save_settings


@admin.register(PluginConfiguration, site=staff_site)
class DiscretionAdmin(SaleorModelAdmin):
    """The one row of settings; opening the section opens it."""

    required_permission = "plugins.manage_plugins"
    can_add = False
    form = SettingsForm
    fieldsets = (
        (
            "On every parcel",
            {"fields": ("active", "sender_names", "return_address", "customs_text")},
        ),
        (
            "Days and customs",
            {
                "fields": (
                    "weekdays",
                    "lead_days",
                    "most_days",
                    "exact_customs_text",
                    "exact_customs_countries",
                )
            },
        ),
        *(
            (name, {"fields": (f"{key}_price", f"{key}_countries", f"{key}_methods")})
            for key, name in OPTIONS.items()
        ),
    )

    def title_of(self, obj: PluginConfiguration) -> str:
        """Return what the settings are about; Saleor names the plugin and its state."""
        return "How parcels look and travel"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PluginConfiguration]:
        """Return our own row; Saleor's other plugins are set by the server."""
        return super().get_queryset(request).filter(pk=settings_row().pk)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the settings at once."""
        if not self.has_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(
            reverse("admin:plugins_pluginconfiguration_change", args=[settings_row().pk])
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the service, which validates as the plugin does."""
        save_settings(values=form.values(), active=form.cleaned_data["active"])


@admin.register(CollectionPoint, site=staff_site)
class PointAdmin(SaleorModelAdmin):
    """Where parcels can be collected."""

    required_permission = "shipping.manage_shipping"
    list_display = ("name", "kind", "carrier", "postcode", "city", "country", "is_active")
    list_filter = ("is_active", "kind", "country")
    search_fields = ("name", "postcode", "code")
    search_help_text = "Name, postcode or code"
    actions_list = ("open_import",)

    def get_urls(self) -> list[Any]:
        """Add the import."""
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="collection_points_import"), *super().get_urls()]

    @action(description="Import a CSV", url_path="to-import")
    def open_import(self, request: HttpRequest) -> HttpResponse:
        """Lead to the import."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        return HttpResponseRedirect(reverse("admin:collection_points_import"))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a CSV: all of its rows, or none with every mistake named."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        form = ImportForm(request.POST or None, request.FILES or None)
        problems: list[str] = []
        if form.is_valid():
            try:
                messages.success(request, f"{_import(form)} rows were imported.")
                return HttpResponseRedirect(_LIST)
            except PointsRefused as refused:
                problems = refused.problems
        context = {
            **staff_site.each_context(request),
            "title": "Import collection points",
            "form": form,
            "problems": problems,
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(request, "dashboard/import_points.html", context, status=status)


_LIST = ".."


def _import(form: ImportForm) -> int:
    data = form.cleaned_data
    content = data["file"].read()
    if data["what"] == "postcodes":
        return import_postcodes(content=content)
    return import_points(content=content, replace=data["replace"])
