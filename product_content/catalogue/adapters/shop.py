"""The shop's name, address and tax settings; shipping zones with their methods; warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sites.models import Site
from saleor.account.models import Address
from saleor.product.models import Category
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.site.models import SiteSettings
from saleor.warehouse.models import Warehouse

from product_content.catalogue.adapters.base import Adapter, Fields, found
from product_content.catalogue.adapters.products import kind_of
from product_content.catalogue.items import Item
from product_content.catalogue.located_yaml import FileLocation
from product_content.models import DeliveryTime

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
    return Item("site", "shop", fields, FileLocation("settings", 0, "SHOP_NAME"))


class SiteAdapter(Adapter):
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


_ADDRESS = ("company_name", "street_address_1", "city", "postal_code", "country")


class HomeAdapter(Adapter):
    """What the shop says of its goods: Saleor's description and header text of the site."""

    model = SiteSettings
    adopts = True

    def find(self, item: Item) -> str | None:
        known = SiteSettings.objects.filter(site_id=settings.SITE_ID)
        return found(known.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        row = SiteSettings.objects.get(pk=object_id)
        return {"lead": row.description, "lengths": row.header_text}

    def create(self, item: Item) -> str:
        made = SiteSettings.objects.create(site_id=settings.SITE_ID)
        self.update(str(made.pk), item, item.fields)
        return str(made.pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        row = SiteSettings.objects.get(pk=object_id)
        row.description = fields.get("lead", row.description)
        row.header_text = fields.get("lengths", row.header_text)
        row.save()
        Site.objects.clear_cache()


class ListAdapter(Adapter):
    """What stands above a kind's list, and in titles: Saleor's category. The key is its slug."""

    model = Category
    adopts = True

    def find(self, item: Item) -> str | None:
        return found(Category.objects.filter(slug=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        category = Category.objects.get(pk=object_id)
        return {"lead": category.description, "typed": category.seo_title or ""}

    def create(self, item: Item) -> str:
        category, _product_type = kind_of(item.key)
        self.update(str(category.pk), item, item.fields)
        return str(category.pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        category = Category.objects.get(pk=object_id)
        category.description = fields.get("lead", category.description)
        category.seo_title = fields.get("typed", category.seo_title)
        category.save()


class ZoneAdapter(Adapter):
    """Zones have no address part of their own: they are found by name the first time."""

    model = ShippingZone

    def find(self, item: Item) -> str | None:
        zones = ShippingZone.objects.filter(name=item.fields["name"])
        return found(zones.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        zone = ShippingZone.objects.get(pk=object_id)
        codes = sorted(country.code for country in zone.countries)
        return {"name": zone.name, "countries": codes, "default": zone.default}

    def create(self, item: Item) -> str:
        return str(ShippingZone.objects.create(**item.fields).pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        zone = ShippingZone.objects.get(pk=object_id)
        for name, value in fields.items():
            setattr(zone, name, value)
        zone.save()


class MethodAdapter(Adapter):
    """Methods by price of the order."""

    model = ShippingMethod

    def find(self, item: Item) -> str | None:
        methods = ShippingMethod.objects.filter(
            shipping_zone_id=self.refs.id("zone", item.fields["zone"]), name=item.fields["name"]
        )
        return found(methods.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        method = ShippingMethod.objects.get(pk=object_id)
        highest = method.maximum_order_price_amount
        return {
            "zone": self.refs.key("zone", method.shipping_zone_id),
            "name": method.name,
            "price": f"{method.price_amount:.2f}",
            "from_total": f"{method.minimum_order_price_amount or 0:.2f}",
            "to_total": None if highest is None else f"{highest:.2f}",
            "days": _days(method),
        }

    def create(self, item: Item) -> str:
        method = ShippingMethod(
            type=ShippingMethodType.PRICE_BASED, currency=settings.DEFAULT_CURRENCY
        )
        self._write(method, item.fields)
        return str(method.pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        self._write(ShippingMethod.objects.get(pk=object_id), fields)

    def _write(self, method: ShippingMethod, fields: Fields) -> None:
        columns = {
            "price": "price_amount",
            "from_total": "minimum_order_price_amount",
            "to_total": "maximum_order_price_amount",
        }
        for name, value in fields.items():
            if name == "days":
                continue
            if name == "zone":
                method.shipping_zone_id = int(self.refs.id("zone", value))
            else:
                setattr(method, columns.get(name, name), value)
        method.save()
        if "days" in fields:
            set_delivery_days(method, fields["days"])


def _days(method: ShippingMethod) -> list[int]:
    time = DeliveryTime.objects.filter(method=method).first()
    return [time.min_days, time.max_days] if time else []


def set_delivery_days(
    method: ShippingMethod, days: Sequence[int], *, carrier_option: str | None = None
) -> None:
    """Keep the fewest and the most working days of a method; none given: it promises no day.

    `carrier_option` is the code of the carrier that sells labels; None leaves it as it is.
    """
    if not days:
        DeliveryTime.objects.filter(method=method).delete()
        return
    values: dict[str, int | str] = dict(zip(("min_days", "max_days"), days, strict=True))
    if carrier_option is not None:
        values["carrier_option"] = carrier_option
    DeliveryTime.objects.update_or_create(method=method, defaults=values)


class WarehouseAdapter(Adapter):
    """The key is the slug."""

    model = Warehouse

    def find(self, item: Item) -> str | None:
        return found(Warehouse.objects.filter(slug=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        house = Warehouse.objects.select_related("address").get(pk=object_id)
        zones = house.shipping_zones.values_list("pk", flat=True)
        address = {name: str(getattr(house.address, name)) for name in _ADDRESS}
        address["country"] = house.address.country.code
        keys = sorted(self.refs.key("zone", pk) for pk in zones)
        return {"name": house.name, **address, "zones": keys}

    def create(self, item: Item) -> str:
        address = Address.objects.create(**{name: item.fields[name] for name in _ADDRESS})
        house = Warehouse.objects.create(slug=item.key, name=item.fields["name"], address=address)
        self.update(str(house.pk), item, item.fields)
        return str(house.pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        house = Warehouse.objects.select_related("address").get(pk=object_id)
        for name in fields.keys() & set(_ADDRESS):
            setattr(house.address, name, fields[name])
        house.address.save()
        house.name = fields.get("name", house.name)
        house.company_name = house.address.company_name
        house.save()
        if "zones" in fields:
            house.shipping_zones.set([self.refs.id("zone", key) for key in fields["zones"]])
