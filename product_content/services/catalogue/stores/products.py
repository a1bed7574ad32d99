"""Products with their texts, safety card and sizes."""

from __future__ import annotations

from django.conf import settings
from saleor.product.models import Category, Product, ProductType

from product_content.models import ProductDetail, SafetyCard, SetSize
from product_content.services.catalogue.items import Item
from product_content.services.catalogue.stores.base import Fields, Store, found

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
)
KIND_NAMES = {"sets": "Sets", "singles": "Singles", "care": "Care"}


class ProductStore(Store):
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

    def _write_sizes(self, product: Product, numbers: list[int]) -> None:
        wanted = {int(self.refs.id("size", str(number))) for number in numbers}
        SetSize.objects.filter(product=product).exclude(size__in=wanted).delete()
        for size_id in sorted(wanted):
            SetSize.objects.get_or_create(product=product, size_id=size_id)


def kind_of(slug: str) -> tuple[Category, ProductType]:
    """Return the category and the product type of a kind; made when they are missing."""
    category, _ = Category.objects.get_or_create(slug=slug, defaults={"name": KIND_NAMES[slug]})
    product_type, _ = ProductType.objects.get_or_create(
        slug=slug, defaults={"name": KIND_NAMES[slug], "has_variants": slug != "sets"}
    )
    return category, product_type


def _texts(product: Product) -> Fields:
    detail = ProductDetail.objects.filter(product=product).first() or ProductDetail()
    return {
        "summary": detail.summary,
        "description": detail.description_markdown,
        "in_the_box": detail.in_the_box.splitlines(),
    }


def _write_columns(product: Product, fields: Fields) -> None:
    """Write Saleor's own columns. No publication date: the product is visible at once."""
    for name in fields.keys() & _COLUMNS.keys():
        setattr(product, _COLUMNS[name], fields[name])
    product.seo_description = fields.get("summary", product.seo_description)
    product.save()


def _write_texts(product: Product, fields: Fields) -> None:
    if not fields.keys() & {"summary", "description", "in_the_box"}:
        return
    detail = ProductDetail.objects.filter(product=product).first() or ProductDetail(product=product)
    detail.summary = fields.get("summary", detail.summary)
    detail.description_markdown = fields.get("description", detail.description_markdown)
    if "in_the_box" in fields:
        detail.in_the_box = "\n".join(fields["in_the_box"])
    detail.save()
