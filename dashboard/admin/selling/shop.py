"""The settings of the shop, and VAT.

The settings are one row, which opening the section opens, and the days on which the shop is closed.
VAT is the shop's number, the tax classes, and the rates of each country with their days.
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from dashboard.admin.base import OneRowAdmin, SaleorModelAdmin, SaleorStackedInline, format_day
from dashboard.site import staff_site
from plugins.taxes.models import TaxClass, TaxRate, TaxSettings
from plugins.taxes.rates import parse_number, read_settings, save_settings, settings_row
from product_content.decisions import Refused
from product_content.languages import OTHER_LANGUAGES
from product_content.models import ClosedPeriod, ShopSettings
from product_content.photos import ImageRefused, reencode

PERMISSION = "site.manage_settings"


class ClosedPeriodInline(SaleorStackedInline):
    """Days on which nothing is sent."""

    required_permission = PERMISSION
    can_remove = True
    model = ClosedPeriod
    verbose_name = "closed period"
    verbose_name_plural = "Closed"
    fields = (("first_day", "last_day"), "announced_on", "notice", "notice_es")


class ShopSettingsForm(forms.ModelForm):
    """The settings; a logo is encoded anew, so that nothing but its pixels is kept."""

    hidden_languages = forms.MultipleChoiceField(
        label="Languages that are not offered",
        required=False,
        choices=[(code, name) for code, name in settings.LANGUAGES if code in OTHER_LANGUAGES],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=ShopSettings._meta.get_field("hidden_languages").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in _helps().items():
            self.fields[name].help_text = text
        for name in ("address", "staff_emails"):
            self.fields[name].widget.attrs["rows"] = 4

    def _post_clean(self) -> None:
        """Check as Django does; say that a page that is shown again has lost its file."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors and "logo" in self.files and "logo" not in self.errors:
            self.add_error("logo", "Choose the picture again: it was not kept.")

    def clean_accent(self) -> str:
        """Return the colour in small letters."""
        return str(self.cleaned_data["accent"]).strip()

    def clean_logo(self) -> Any:
        """Return a clean copy of a new picture."""
        logo = self.cleaned_data["logo"]
        if not isinstance(logo, UploadedFile):
            return logo
        logo.seek(0)
        try:
            return reencode(logo)
        except ImageRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


def _helps() -> dict[str, str]:
    """Return what holds while a field is empty; it was set where the shop was installed."""
    told = ", ".join(settings.STAFF_EMAILS) or "nobody is told"
    return {
        "name": (
            "Neutral: it stands on pages and in e-mails. Senders on parcels are under Discretion. "
            f"Empty: {settings.SHOP_NAME}."
        ),
        "contact_email": (
            f"Where customers write to. Empty: {parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}."
        ),
        "sender_name": "Neutral. E-mails of new orders have it. Empty: the shop's name.",
        "staff_emails": (
            "One a line. They are told of new orders, low stock and payments that need attention. "
            f"Empty: {told}."
        ),
    }


@admin.register(ShopSettings, site=staff_site)
class ShopSettingsAdmin(OneRowAdmin):
    """Who sells, how to reach them, and whether orders are taken."""

    required_permission = PERMISSION
    form = ShopSettingsForm
    inlines = (ClosedPeriodInline,)
    fieldsets = (
        ("Taking orders", {"fields": ("paused", "pause_message", "pause_message_es")}),
        ("Who sells", {"fields": ("name", "company", "address")}),
        ("Look and languages", {"fields": ("accent", "logo", "hidden_languages")}),
        (
            "Gift cards",
            {"fields": ("sells_gift_cards", ("gift_minimum", "gift_maximum"), "gift_amounts")},
        ),
        ("E-mail", {"fields": ("contact_email", "sender_name", "staff_emails")}),
    )


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
class TaxSettingsAdmin(OneRowAdmin):
    """What the owner decides about VAT, in a row of Saleor's plugins."""

    required_permission = PERMISSION
    form = TaxSettingsForm
    fields = ("number", "without_rate", "offers_relief")

    def title_of(self, obj: TaxSettings) -> str:
        """Return the name of the page."""
        return "VAT"

    def the_row(self) -> TaxSettings:
        """Return our own row among those of Saleor's plugins."""
        return settings_row()

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxSettings]:
        """Return it alone."""
        return super().get_queryset(request).filter(pk=self.the_row().pk)

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
