"""Sizes; products with their texts, card and sizes; variants, and the stock they begin with."""

from __future__ import annotations

from django.conf import settings
from measurement.measures import Weight
from saleor.product.models import Category, Product, ProductType, ProductVariant
from saleor.warehouse.models import Stock

from product_content.catalogue.adapters.base import Adapter, Fields, found
from product_content.catalogue.items import Item
from product_content.kinds import KINDS
from product_content.models import (
    CustomsFacts,
    ProductDetail,
    SafetyCard,
    SetSize,
    SingleSize,
    Size,
)

_SIZE_FIELDS = ("diameter_mm", "usable_length_mm", "weight_g")


class SizeAdapter(Adapter):
    """The key is the number."""

    model = Size

    def find(self, item: Item) -> str | None:
        return found(Size.objects.filter(number=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        return dict(Size.objects.values(*_SIZE_FIELDS).get(pk=object_id))

    def create(self, item: Item) -> str:
        return str(Size.objects.create(number=int(item.key), **item.fields).pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        Size.objects.filter(pk=object_id).update(**fields)


_COLUMNS = {"slug": "slug", "name": "name", "price": "price_amount", "published": "is_published"}
_CARD = (
    "material",
    "firmness",
    "latex",
    "magnet",
    "cleaning",
    "lubricant",
    "intended_use",
    "not_studied_for",
    "maker",
    "device_class",
    "marking",
    "batch",
    "udi",
    "importer",
    "magnet_type",
    "magnet_field",
)


class ProductAdapter(Adapter):
    """The key is the slug that the product had when it was first loaded."""

    model = Product

    def find(self, item: Item) -> str | None:
        return found(Product.objects.filter(slug=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        product = Product.objects.select_related("category").get(pk=object_id)
        sizes = SetSize.objects.filter(product=product).values_list("size__number", flat=True)
        return {
            "slug": product.slug,
            "kind": product.category.slug if product.category else "",
            "name": product.name,
            "price": f"{product.price_amount:.2f}",
            "published": product.is_published,
            "card": SafetyCard.objects.filter(product=product).values(*_CARD).first(),
            "sizes": sorted(sizes),
            "customs": _customs(product),
            **_texts(product),
        }

    def create(self, item: Item) -> str:
        category, product_type = kind_of(item.fields["kind"])
        product = Product(
            category=category, product_type=product_type, currency=settings.DEFAULT_CURRENCY
        )
        _write_columns(product, item.fields)
        self._write_parts(product, item.fields)
        return str(product.pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        product = Product.objects.get(pk=object_id)
        if "kind" in fields:
            product.category, product.product_type = kind_of(fields["kind"])
        _write_columns(product, fields)
        self._write_parts(product, fields)

    def _write_parts(self, product: Product, fields: Fields) -> None:
        _write_texts(product, fields)
        if "card" in fields:
            SafetyCard.objects.update_or_create(product=product, defaults=fields["card"])
        if "sizes" in fields:
            self._write_sizes(product, fields["sizes"])
        if fields.get("customs"):
            CustomsFacts.objects.update_or_create(product=product, defaults=fields["customs"])

    def _write_sizes(self, product: Product, numbers: list[int]) -> None:
        wanted = {int(self.refs.id("size", str(number))) for number in numbers}
        SetSize.objects.filter(product=product).exclude(size__in=wanted).delete()
        for size_id in sorted(wanted):
            SetSize.objects.get_or_create(product=product, size_id=size_id)


def kind_of(slug: str) -> tuple[Category, ProductType]:
    """Return the category and the product type of a kind; made when they are missing."""
    kind = KINDS[slug]
    named = {"name": kind.category_name}
    category, _ = Category.objects.get_or_create(slug=slug, defaults=named)
    product_type, _ = ProductType.objects.get_or_create(
        slug=slug, defaults={**named, "has_variants": kind.has_options}
    )
    return category, product_type


def _customs(product: Product) -> dict[str, str] | None:
    facts = CustomsFacts.objects.filter(product=product).first()
    return {"hs_code": facts.hs_code, "origin": str(facts.origin)} if facts else None


def _texts(product: Product) -> Fields:
    detail = ProductDetail.objects.filter(product=product).first() or ProductDetail()
    return {
        "summary": detail.summary,
        "description": detail.description_markdown,
        "in_the_box": detail.in_the_box.splitlines(),
        "picture": detail.picture,
    }


def _write_columns(product: Product, fields: Fields) -> None:
    """Write Saleor's own columns. No publication date: the product is visible at once."""
    for name in fields.keys() & _COLUMNS.keys():
        setattr(product, _COLUMNS[name], fields[name])
    product.seo_description = fields.get("summary", product.seo_description)
    product.save()


def _write_texts(product: Product, fields: Fields) -> None:
    if not fields.keys() & {"summary", "description", "in_the_box", "picture"}:
        return
    detail = ProductDetail.objects.filter(product=product).first() or ProductDetail(product=product)
    detail.summary = fields.get("summary", detail.summary)
    detail.description_markdown = fields.get("description", detail.description_markdown)
    detail.picture = fields.get("picture", detail.picture)
    if "in_the_box" in fields:
        detail.in_the_box = "\n".join(fields["in_the_box"])
    detail.save()


class VariantAdapter(Adapter):
    """The key is the SKU."""

    model = ProductVariant

    def find(self, item: Item) -> str | None:
        variants = ProductVariant.objects.filter(sku=item.key)
        return found(variants.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        variant = ProductVariant.objects.get(pk=object_id)
        price = variant.price_override_amount
        size = SingleSize.objects.filter(variant=variant).values_list("size__number", flat=True)
        return {
            "product": self.refs.key("product", variant.product_id),
            "name": variant.name,
            "price": None if price is None else f"{price:.2f}",
            "weight_g": round(variant.weight.g) if variant.weight else None,
            "size": size.first(),
        }

    def create(self, item: Item) -> str:
        # Not objects.create(): Saleor's queues a price task for each; load() does it once.
        variant = ProductVariant(sku=item.key, currency=settings.DEFAULT_CURRENCY)
        self._write(variant, item.fields)
        return str(variant.pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        self._write(ProductVariant.objects.get(pk=object_id), fields)

    def _write(self, variant: ProductVariant, fields: Fields) -> None:
        if "product" in fields:
            variant.product_id = int(self.refs.id("product", fields["product"]))
        if "weight_g" in fields:
            variant.weight = Weight(g=fields["weight_g"])
        variant.name = fields.get("name", variant.name)
        variant.price_override_amount = fields.get("price", variant.price_override_amount)
        variant.save()
        if "size" in fields:
            self._write_size(variant, fields["size"])

    def _write_size(self, variant: ProductVariant, number: int | None) -> None:
        if number is None:
            SingleSize.objects.filter(variant=variant).delete()
            return
        size_id = int(self.refs.id("size", str(number)))
        SingleSize.objects.update_or_create(variant=variant, defaults={"size_id": size_id})


class StockAdapter(Adapter):
    """Only what a variant begins with: quantities belong to staff and to orders afterwards."""

    model = Stock

    def find(self, item: Item) -> str | None:
        stocks = Stock.objects.filter(**self._stock_key(item))
        return found(stocks.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        return dict(Stock.objects.values("quantity").get(pk=object_id))

    def create(self, item: Item) -> str:
        quantity = item.fields["quantity"]
        return str(Stock.objects.create(**self._stock_key(item), quantity=quantity).pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        raise NotImplementedError("a load never changes stock that is there")

    def _stock_key(self, item: Item) -> dict[str, str]:
        return {
            "product_variant_id": self.refs.id("variant", item.fields["variant"]),
            "warehouse_id": self.refs.id("warehouse", item.fields["warehouse"]),
        }
