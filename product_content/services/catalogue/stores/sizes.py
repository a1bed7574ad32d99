"""Sizes of the chart."""

from __future__ import annotations

from product_content.models import Size
from product_content.services.catalogue.items import Item
from product_content.services.catalogue.stores.base import Fields, Store, found

_FIELDS = ("diameter_mm", "usable_length_mm", "weight_g")


class SizeStore(Store):
    """The key is the number."""

    model = Size

    def find(self, item: Item) -> str | None:
        return found(Size.objects.filter(number=item.key).values_list("pk", flat=True).first())

    def read(self, object_id: str) -> Fields:
        return dict(Size.objects.values(*_FIELDS).get(pk=object_id))

    def create(self, item: Item) -> str:
        return str(Size.objects.create(number=int(item.key), **item.fields).pk)

    def update(self, object_id: str, item: Item, fields: Fields) -> None:
        Size.objects.filter(pk=object_id).update(**fields)
