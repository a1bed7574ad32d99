"""The shop's name, address and tax settings, from Django's settings."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sites.models import Site
from saleor.site.models import SiteSettings

from product_content.services.catalogue.items import Item
from product_content.services.catalogue.problems import Place
from product_content.services.catalogue.stores.base import Fields, Store, found

_SITE = ("name", "domain")
_SETTINGS = (
    "include_taxes_in_prices",
    "display_gross_prices",
    "charge_taxes_on_shipping",
    "default_mail_sender_name",
    "default_mail_sender_address",
)


def site_item() -> Item:
    """Return what the settings say: prices include VAT, e-mails come from DEFAULT_FROM_EMAIL."""
    sender, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    fields = {
        "name": settings.SHOP_NAME,
        "domain": urlsplit(settings.PUBLIC_URL).netloc,
        "include_taxes_in_prices": True,
        "display_gross_prices": True,
        "charge_taxes_on_shipping": True,
        "default_mail_sender_name": sender,
        "default_mail_sender_address": address,
    }
    return Item("site", "shop", fields, Place("settings", 0, "SHOP_NAME"))


class SiteStore(Store):
    """There is one; Saleor's migrations made it with example names, so the first load adopts it."""

    model = Site
    adopts = True

    def find(self, item: Item) -> str | None:
        sites = Site.objects.filter(pk=settings.SITE_ID)
        return found(sites.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        site = Site.objects.get(pk=object_id)
        extra, _ = SiteSettings.objects.get_or_create(site=site)
        fields = {name: getattr(site, name) for name in _SITE}
        return fields | {name: getattr(extra, name) for name in _SETTINGS}

    def create(self, item: Item) -> str:
        site = Site.objects.create(pk=settings.SITE_ID, name="", domain="")
        self.update(str(site.pk), item, item.fields)
        return str(site.pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        site = Site.objects.get(pk=object_id)
        extra, _ = SiteSettings.objects.get_or_create(site=site)
        for name, value in fields.items():
            setattr(site if name in _SITE else extra, name, value)
        site.save()
        extra.save()
        Site.objects.clear_cache()
