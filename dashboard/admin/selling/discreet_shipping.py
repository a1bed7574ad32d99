"""Discreet shipping: its settings, and the collection points with their import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from saleor.plugins.models import PluginConfiguration
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from dashboard.admin.base import OneRowAdmin, SaleorModelAdmin
from dashboard.admin.changes import LinesField
from dashboard.site import staff_site
from plugins.discreet_shipping.choices import OPTIONS
from plugins.discreet_shipping.collection_points import (
    PointsRefused,
    import_points,
    import_postcodes,
)
from plugins.discreet_shipping.configuration import (
    ConfigurationProblems,
    as_values,
    default_fields,
    read_settings,
    structure,
)
from plugins.discreet_shipping.models import CollectionPoint
from plugins.discreet_shipping.plugin import save_settings, settings_row

_MULTILINE_FIELDS = ("sender_names", "return_address")


def _text_field(name: str, texts: dict[str, str]) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget({"rows": 4}) if name in _MULTILINE_FIELDS else None
    label = texts["label"].split(": ")[-1].capitalize()
    return LinesField(
        label=label,
        help_text=texts["help_text"],
        required=False,
        widget=widget or UnfoldAdminTextInputWidget(),
    )


class _BaseSettingsForm(forms.ModelForm):
    """The form of the stored fields; each error stands beside its field."""

    class Meta:
        model = PluginConfiguration
        fields = ("active",)
        labels = {"active": "Offer these choices to customers"}
        widgets = {"active": UnfoldBooleanSwitchWidget()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = {**default_fields(), **as_values(self.instance.configuration or [])}
        for name, value in stored.items():
            self.initial[name] = value

    def clean(self) -> dict[str, Any]:
        """Check all fields together, by the plugin's own rules."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            read_settings(self.values(), active=True)
        except ConfigurationProblems as wrong:
            for name, text in wrong.problems.items():
                self.add_error(name, text)
        return cleaned

    def values(self) -> dict[str, str]:
        """Return the fields as the plugin stores them."""
        return {name: self.cleaned_data.get(name, "") for name in default_fields()}


SettingsForm: Any = type(
    "SettingsForm",
    (_BaseSettingsForm,),
    {name: _text_field(name, texts) for name, texts in structure().items()},
)


class PointImportForm(forms.Form):
    """A CSV file and what is in it."""

    what = forms.ChoiceField(
        label="What is in the file",
        choices=[("points", "Collection points"), ("postcodes", "Where postcodes are")],
        widget=UnfoldAdminSelectWidget(),
    )
    file = forms.FileField(label="CSV file in UTF-8", widget=UnfoldAdminFileFieldWidget())
    replace = forms.BooleanField(
        label="Switch off the points that are not in the file",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )


@admin.register(PluginConfiguration, site=staff_site)
class DiscreetShippingAdmin(OneRowAdmin):
    """How parcels look and travel, in a row of Saleor's plugins."""

    required_permission = "plugins.manage_plugins"
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
                    "collection_days",
                    "cutoff",
                    "holidays_of",
                    "closed_days",
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
        """Return the name of the settings; Saleor's own names the plugin and its state."""
        return "How parcels look and travel"

    def the_row(self) -> PluginConfiguration:
        """Return our own row; Saleor's other plugins are set by the server."""
        return settings_row()

    def get_queryset(self, request: HttpRequest) -> QuerySet[PluginConfiguration]:
        """Return it alone."""
        return super().get_queryset(request).filter(pk=self.the_row().pk)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the service, which validates as the plugin does."""
        save_settings(values=form.values(), active=form.cleaned_data["active"])


@admin.register(CollectionPoint, site=staff_site)
class CollectionPointAdmin(SaleorModelAdmin):
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
        """Import a CSV: all of its rows, or none, with every mistake named."""
        if not self.is_permitted(request):
            return staff_site.refused(request)  # type: ignore[return-value]
        form = PointImportForm(request.POST or None, request.FILES or None)
        problems: list[str] = []
        if form.is_valid():
            try:
                messages.success(request, f"{_import_file(form)} rows were imported.")
                return HttpResponseRedirect(_LIST_URL)
            except PointsRefused as refused:
                problems = refused.problems
        context = {
            **staff_site.each_context(request),
            "title": "Import collection points",
            "form": form,
            "problems": problems,
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(
            request, "dashboard/collection_points_import.html", context, status=status
        )


_LIST_URL = ".."


def _import_file(form: PointImportForm) -> int:
    data = form.cleaned_data
    content = data["file"].read()
    if data["what"] == "postcodes":
        return import_postcodes(content=content)
    return import_points(content=content, replace=data["replace"])
