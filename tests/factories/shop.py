"""Warehouses and delivery."""

import factory
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.warehouse.models import Warehouse

from tests.factories.people import AddressFactory


class ShippingZoneFactory(factory.django.DjangoModelFactory):
    """A zone for Great Britain."""

    class Meta:
        model = ShippingZone
        django_get_or_create = ("name",)

    name = "Test zone"
    countries = ["GB"]


class ShippingMethodFactory(factory.django.DjangoModelFactory):
    """A delivery method for any price, at 3.50."""

    class Meta:
        model = ShippingMethod
        django_get_or_create = ("name",)

    name = "Plain parcel"
    type = ShippingMethodType.PRICE_BASED
    price_amount = "3.50"
    currency = "GBP"
    shipping_zone = factory.SubFactory(ShippingZoneFactory)


class WarehouseFactory(factory.django.DjangoModelFactory):
    """A warehouse that serves the test zone."""

    class Meta:
        model = Warehouse
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    name = factory.LazyAttribute(lambda warehouse: warehouse.slug.title())
    slug = "test-warehouse"
    address = factory.SubFactory(AddressFactory)

    @factory.post_generation
    def zones(self, create, extracted, **kwargs):
        """Serve the given zones, or the test zone."""
        for zone in extracted if extracted is not None else [ShippingZoneFactory()]:
            self.shipping_zones.add(zone)
