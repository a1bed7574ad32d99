"""Variants, and the stock they begin with."""

from __future__ import annotations

from django.conf import settings
from measurement.measures import Weight
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock

from product_content.models import SingleSize
from product_content.services.catalogue.items import Item
from product_content.services.catalogue.stores.base import Fields, Store, found


class VariantStore(Store):
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


class StockStore(Store):
    """Only what a variant begins with: quantities belong to staff and to orders afterwards."""

    model = Stock

    def find(self, item: Item) -> str | None:
        stocks = Stock.objects.filter(**self._place(item))
        return found(stocks.values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        return dict(Stock.objects.values("quantity").get(pk=object_id))

    def create(self, item: Item) -> str:
        quantity = item.fields["quantity"]
        return str(Stock.objects.create(**self._place(item), quantity=quantity).pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        raise NotImplementedError("a load never changes stock that is there")

    def _place(self, item: Item) -> dict[str, str]:
        return {
            "product_variant_id": self.refs.id("variant", item.fields["variant"]),
            "warehouse_id": self.refs.id("warehouse", item.fields["warehouse"]),
        }
