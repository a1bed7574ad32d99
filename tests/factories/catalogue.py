"""Products, variants and their stock."""

import factory
from saleor.product.models import Category, Product, ProductType, ProductVariant
from saleor.warehouse.models import Stock

from tests.factories.shop import WarehouseFactory


class ProductTypeFactory(factory.django.DjangoModelFactory):
    """A type whose products are sent by post."""

    class Meta:
        model = ProductType
        django_get_or_create = ("slug",)

    name = "Test type"
    slug = "test-type"
    has_variants = True
    is_shipping_required = True


class CategoryFactory(factory.django.DjangoModelFactory):
    """The category of sets."""

    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    name = "Sets"
    slug = "sets"


class ProductFactory(factory.django.DjangoModelFactory):
    """A published product at 49.00."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda number: f"Gentle set {number}")
    slug = factory.Sequence(lambda number: f"gentle-set-{number}")
    product_type = factory.SubFactory(ProductTypeFactory)
    category = factory.SubFactory(CategoryFactory)
    price_amount = "49.00"
    currency = "GBP"
    is_published = True


class VariantFactory(factory.django.DjangoModelFactory):
    """A variant at its product's price, without stock."""

    class Meta:
        model = ProductVariant

    sku = factory.Sequence(lambda number: f"TEST-{number}")
    product = factory.SubFactory(ProductFactory)
    currency = "GBP"


def variant_in_stock(*quantities, price="49.00", **fields):
    """Return a variant with one stock row per quantity, each in a warehouse of its own."""
    variant = VariantFactory(product__price_amount=price, **fields)
    for number, quantity in enumerate(quantities):
        warehouse = WarehouseFactory(slug=f"test-warehouse-{number}")
        Stock.objects.create(warehouse=warehouse, product_variant=variant, quantity=quantity)
    return variant
