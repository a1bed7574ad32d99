"""A warehouse, a set, and the singles that it is packed from."""

import pytest
from saleor.warehouse.models import Stock

from product_content.models import SafetyCard, SetSize, SingleSize, Size
from tests import personas
from tests.factories import FakeProvider, ProductFactory, VariantFactory, WarehouseFactory

CARD = {
    "material": "Silicone", "firmness": "medium", "latex": "free", "magnet": "none",
    "cleaning": "Wash.", "lubricant": "Water-based.", "intended_use": "Practice.",
    "not_studied_for": "Ask first.",
}  # fmt: skip


def keep(variant, warehouse, quantity):
    return Stock.objects.create(warehouse=warehouse, product_variant=variant, quantity=quantity)


@pytest.fixture
def warehouse():
    return WarehouseFactory(slug="main")


@pytest.fixture
def keeper():
    return personas.staff("dashboard.manage_stock")


@pytest.fixture
def kit(warehouse):
    """Return the variant of a set of sizes 1 and 2, of which 2 are packed, and its singles."""
    product, singles = ProductFactory(name="Small set"), ProductFactory(name="Singles")
    SafetyCard.objects.create(product=product, **CARD)
    SafetyCard.objects.create(product=singles, **CARD)
    parts = []
    for number in (1, 2):
        size, _ = Size.objects.get_or_create(
            number=number,
            defaults={"diameter_mm": 10 + number, "usable_length_mm": 90, "weight_g": 40},
        )
        SetSize.objects.create(product=product, size=size)
        part = VariantFactory(sku=f"ONE-{number}", product=singles)
        SingleSize.objects.create(variant=part, size=size)
        keep(part, warehouse, 5)
        parts.append(part)
    whole = VariantFactory(sku="SET-12", product=product)
    keep(whole, warehouse, 2)
    return whole, parts


@pytest.fixture
def provider():
    return FakeProvider
