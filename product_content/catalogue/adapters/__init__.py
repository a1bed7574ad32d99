"""How each kind of object is found, read and written."""

from __future__ import annotations

from product_content.catalogue.adapters.base import Adapter, Refs
from product_content.catalogue.adapters.guides import (
    ClaimAdapter,
    GuideAdapter,
    LinksAdapter,
    SourceAdapter,
    WordsAdapter,
)
from product_content.catalogue.adapters.products import (
    ProductAdapter,
    SizeAdapter,
    StockAdapter,
    VariantAdapter,
)
from product_content.catalogue.adapters.shop import (
    HomeAdapter,
    ListAdapter,
    MethodAdapter,
    SiteAdapter,
    WarehouseAdapter,
    ZoneAdapter,
)

ADAPTERS: dict[str, type[Adapter]] = {
    "site": SiteAdapter,
    "home": HomeAdapter,
    "list": ListAdapter,
    "size": SizeAdapter,
    "zone": ZoneAdapter,
    "method": MethodAdapter,
    "warehouse": WarehouseAdapter,
    "product": ProductAdapter,
    "variant": VariantAdapter,
    "stock": StockAdapter,
    "source": SourceAdapter,
    "claim": ClaimAdapter,
    "guide": GuideAdapter,
    "links": LinksAdapter,
    "words": WordsAdapter,
}

__all__ = ["ADAPTERS", "Adapter", "Refs"]
