"""Shipping zones, their methods, and warehouses."""

from __future__ import annotations

from django.conf import settings
from saleor.account.models import Address
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.warehouse.models import Warehouse

from product_content.services.catalogue.items import Item
from product_content.services.catalogue.stores.base import Fields, Store, found

_ADDRESS = ("company_name", "street_address_1", "city", "postal_code", "country")


class ZoneStore(Store):
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


class MethodStore(Store):
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
            if name == "zone":
                method.shipping_zone_id = int(self.refs.id("zone", value))
            else:
                setattr(method, columns.get(name, name), value)
        method.save()


class WarehouseStore(Store):
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
