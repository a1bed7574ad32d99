"""A small shop for the storefront's tests: chart, two sets, a single, care, guides, delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from saleor.account.models import Address
from saleor.product.models import Category, Product, ProductType, ProductVariant
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.warehouse.models import Stock, Warehouse

from product_content.models import (
    Guide,
    GuideProduct,
    ProductDetail,
    SafetyCard,
    SetSize,
    SingleSize,
    Size,
)
from tests.factories import ClaimFactory, SourceFactory

DIAMETERS = (13, 16, 20, 23, 26, 29, 32, 35, 38)


@dataclass
class Shop:
    """What was made, by the names tests use."""

    starter: ProductVariant
    full: ProductVariant
    single: ProductVariant
    lubricant: ProductVariant
    guide: Guide
    courier: ShippingMethod
    warehouse: Warehouse

    def set_stock(self, variant: ProductVariant, quantity: int) -> None:
        """Leave `quantity` pieces of the variant in the warehouse."""
        Stock.objects.filter(product_variant=variant).update(quantity=quantity)


def open_shop() -> Shop:
    """Make the shop; prices in pounds, ten pieces of everything."""
    chart = [
        Size.objects.create(number=n, diameter_mm=d, usable_length_mm=70 + 8 * n, weight_g=10 * n)
        for n, d in enumerate(DIAMETERS, 1)
    ]
    type_ = ProductType.objects.create(
        name="Goods", slug="goods", is_shipping_required=True, weight=0
    )
    categories = {
        k: Category.objects.create(name=k.title(), slug=k) for k in ("sets", "singles", "care")
    }
    warehouse, courier = _delivery()
    make = SimpleNamespace(type=type_, categories=categories, warehouse=warehouse)
    starter = _product(make, "sets", "Starter set", "39.00")
    full = _product(make, "sets", "Full range", "89.00")
    single = _product(make, "singles", "Smooth single", "14.50", name="Size 3")
    lubricant = _product(make, "care", "Water-based lubricant", "9.00")
    for size in chart[:3]:
        SetSize.objects.create(product=starter.product, size=size)
    for size in chart[:8]:
        SetSize.objects.create(product=full.product, size=size)
    SingleSize.objects.create(variant=single, size=chart[2])
    guide = _guide()
    for stage, product in (("first_use", starter.product), ("care", lubricant.product)):
        GuideProduct.objects.create(
            guide=guide, product=product, stage=stage, reason="Because it says how."
        )
    return Shop(starter, full, single, lubricant, guide, courier, warehouse)


def _delivery() -> tuple[Warehouse, ShippingMethod]:
    uk = ShippingZone.objects.create(name="UK", countries=["GB"])
    north = ShippingZone.objects.create(name="North America", countries=["US"])
    unserved = ShippingZone.objects.create(name="Nobody goes there", countries=["IE"])
    address = Address.objects.create(street_address_1="1 Dock", city="Leeds", country="GB")
    warehouse = Warehouse.objects.create(name="Main", slug="main", address=address)
    warehouse.shipping_zones.set([uk, north, unserved])
    price = ShippingMethodType.PRICE_BASED
    courier = ShippingMethod.objects.create(
        name="Tracked 48", type=price, price_amount=Decimal("3.50"), shipping_zone=uk
    )
    ShippingMethod.objects.create(
        name="Air mail", type=price, price_amount=Decimal("12.00"), shipping_zone=north
    )
    ShippingMethod.objects.create(
        name="Boat", type=price, price_amount=1, minimum_order_price_amount=500,
        shipping_zone=unserved,
    )  # fmt: skip
    return warehouse, courier


def _product(
    make: SimpleNamespace, kind: str, title: str, price: str, name: str = ""
) -> ProductVariant:
    slug = title.lower().replace(" ", "-")
    product = Product.objects.create(
        name=title, slug=slug, product_type=make.type, category=make.categories[kind],
        price_amount=Decimal(price), minimal_variant_price_amount=Decimal(price), is_published=True,
    )  # fmt: skip
    ProductDetail.objects.create(
        product=product, summary=f"{title}, in short.", description_markdown="Made of *silicone*.",
        in_the_box="The thing itself\nA pouch",
    )  # fmt: skip
    SafetyCard.objects.create(
        product=product, material="Silicone", firmness="medium", latex="free", magnet="none",
        cleaning="Warm water and mild soap.", lubricant="Water-based.",
        intended_use="Gentle stretching.", not_studied_for="Use in pregnancy.",
    )  # fmt: skip
    variant = ProductVariant.objects.create(product=product, sku=slug.upper(), name=name)
    Stock.objects.create(warehouse=make.warehouse, product_variant=variant, quantity=10)
    return variant


def _guide() -> Guide:
    ClaimFactory(sources=[SourceFactory(title="Vaginismus")])
    return Guide.objects.create(
        slug="first-session", title="Your first session", summary="How to begin.", topic="using",
        audience="Anyone who has a set.", when_to_stop="Pain above 3 of 10\nBleeding",
        body_markdown="## Before\n\nTake time.[^nhs]\n\n## After\n\nRest.",
        readers=["vaginismus"],
        author="The shop", updated_on=date(2025, 5, 1), is_published=True,
    )  # fmt: skip
