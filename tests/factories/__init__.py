"""Rows for tests: a shop with stock, baskets that are ready to place, a fake provider."""

from tests.factories.baskets import basket, change_quantity
from tests.factories.catalogue import (
    CategoryFactory,
    ProductFactory,
    ProductTypeFactory,
    VariantFactory,
    variant_in_stock,
)
from tests.factories.guides import ClaimFactory, GuideFactory, SourceFactory
from tests.factories.people import AddressFactory, UserFactory
from tests.factories.promos import GiftCardFactory, VoucherFactory
from tests.factories.provider import FakeProvider
from tests.factories.shop import ShippingMethodFactory, ShippingZoneFactory, WarehouseFactory

__all__ = [
    "AddressFactory",
    "CategoryFactory",
    "ClaimFactory",
    "FakeProvider",
    "GiftCardFactory",
    "GuideFactory",
    "ProductFactory",
    "ProductTypeFactory",
    "ShippingMethodFactory",
    "ShippingZoneFactory",
    "SourceFactory",
    "UserFactory",
    "VariantFactory",
    "VoucherFactory",
    "WarehouseFactory",
    "basket",
    "change_quantity",
    "variant_in_stock",
]
