"""How each kind of object is found, read and written."""

from product_content.services.catalogue.stores.base import Refs, Store
from product_content.services.catalogue.stores.guides import GuideStore, LinksStore
from product_content.services.catalogue.stores.places import MethodStore, WarehouseStore, ZoneStore
from product_content.services.catalogue.stores.products import ProductStore
from product_content.services.catalogue.stores.site import SiteStore
from product_content.services.catalogue.stores.sizes import SizeStore
from product_content.services.catalogue.stores.variants import StockStore, VariantStore

STORES: dict[str, type[Store]] = {
    "site": SiteStore,
    "size": SizeStore,
    "zone": ZoneStore,
    "method": MethodStore,
    "warehouse": WarehouseStore,
    "product": ProductStore,
    "variant": VariantStore,
    "stock": StockStore,
    "guide": GuideStore,
    "links": LinksStore,
}

__all__ = ["STORES", "Refs", "Store"]
