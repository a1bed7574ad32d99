"""The settings of the shop: one row, which opening the section opens, and the days it is closed."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from dashboard.admin.base import SaleorModelAdmin, SaleorStackedInline
from dashboard.site import staff_site
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
class ShopSettingsAdmin(SaleorModelAdmin):
    """Who sells, how to reach them, and whether orders are taken."""

    required_permission = PERMISSION
    can_add = False
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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the row at once; it is made the first time."""
        if not self.has_change_permission(request):
            return super().changelist_view(request, extra_context)
        ShopSettings.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse("admin:product_content_shopsettings_change", args=[1]))
