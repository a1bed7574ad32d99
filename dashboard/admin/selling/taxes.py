"""VAT: the shop's number, the tax classes, and the rates of each country with their days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from dashboard.admin.base import SaleorModelAdmin, format_day
from dashboard.site import staff_site
from plugins.taxes.models import TaxClass, TaxRate, TaxSettings
from plugins.taxes.rates import parse_number, read_settings, save_settings, settings_row
from product_content.decisions import Refused

PERMISSION = "site.manage_settings"


class TaxSettingsForm(forms.ModelForm):
    """What the owner decides about VAT."""

    number = forms.CharField(
        label="VAT number",
        required=False,
        max_length=30,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Empty: the shop is not registered. Then it computes no VAT and shows none.",
    )
    without_rate = forms.ChoiceField(
        label="Where the table has no rate for the country",
        choices=(
            ("same_price", "Same price, no tax in it"),
            ("net_price", "Less the tax at home"),
        ),
        widget=UnfoldAdminRadioSelectWidget(),
    )
    offers_relief = forms.BooleanField(
        label="Offer VAT relief at checkout",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=(
            "United Kingdom only: customers who declare that they are chronically ill or disabled "
            "pay no VAT on the products that you marked as eligible (VAT Notice 701/7)."
        ),
    )

    class Meta:
        model = TaxSettings
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = read_settings(self.instance.configuration or ())
        self.initial.update(
            number=found.number,
            without_rate=found.without_rate,
            offers_relief=found.offers_relief,
        )

    def clean_number(self) -> str:
        """Return the number as it is kept."""
        try:
            return parse_number(self.cleaned_data["number"])
        except Refused as refused:
            raise ValidationError(str(refused)) from refused


@admin.register(TaxSettings, site=staff_site)
class TaxSettingsAdmin(SaleorModelAdmin):
    """The one row of settings; opening the section opens it."""

    required_permission = PERMISSION
    can_add = False
    form = TaxSettingsForm
    fields = ("number", "without_rate", "offers_relief")

    def title_of(self, obj: TaxSettings) -> str:
        """Return the name of the page."""
        return "VAT"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxSettings]:
        """Return our own row among those of Saleor's plugins."""
        return super().get_queryset(request).filter(pk=settings_row().pk)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the settings at once."""
        if not self.has_change_permission(request):
            return super().changelist_view(request, extra_context)
        page = reverse("admin:taxes_taxsettings_change", args=[settings_row().pk])
        return HttpResponseRedirect(page)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the service."""
        save_settings(**{name: form.cleaned_data[name] for name in self.fields})


@admin.register(TaxRate, site=staff_site)
class TaxRateAdmin(SaleorModelAdmin):
    """The rates. An order keeps the rate it was placed at, whatever is changed here."""

    required_permission = PERMISSION
    can_remove = True
    list_display = ("country", "tax_class", "per_cent", "from_day", "source")
    list_filter = ("tax_class",)
    list_select_related = ("tax_class",)
    ordering = ("country", "tax_class", "-valid_from")
    fields = (("country", "tax_class"), ("percent", "valid_from"), "source")

    @display(description="Per cent", ordering="percent")
    def per_cent(self, rate: TaxRate) -> str:
        """Return the rate."""
        return f"{rate.percent.normalize():f} %"

    @display(description="From", ordering="valid_from")
    def from_day(self, rate: TaxRate) -> str:
        """Return the first day on which it holds."""
        return format_day(rate.valid_from)


@admin.register(TaxClass, site=staff_site)
class TaxClassAdmin(SaleorModelAdmin):
    """The classes that products can have. What has no class is of the standard one."""

    required_permission = PERMISSION
    list_display = ("name", "code")
    fields = ("name", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: TaxClass | None = None) -> Any:
        """Keep the code of a class that is there: it is its key."""
        return ("code",) if obj else ()
