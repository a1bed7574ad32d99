"""Tables of this app, one module per subject."""

from product_content.models.catalogue import (
    MAX_DELIVERY_DAYS,
    CatalogueRecord,
    CustomsFacts,
    DeliveryTime,
    Firmness,
    Latex,
    Magnet,
    PhotoFiles,
    ProductDetail,
    SafetyCard,
    SetSize,
    SingleSize,
    Size,
)
from product_content.models.guides import Guide, GuideProduct, GuideRelation, GuideStage, GuideTopic
from product_content.models.search import SearchDocument, SearchWord

__all__ = [
    "MAX_DELIVERY_DAYS",
    "CatalogueRecord",
    "CustomsFacts",
    "DeliveryTime",
    "Firmness",
    "Guide",
    "GuideProduct",
    "GuideRelation",
    "GuideStage",
    "GuideTopic",
    "Latex",
    "Magnet",
    "PhotoFiles",
    "ProductDetail",
    "SafetyCard",
    "SearchDocument",
    "SearchWord",
    "SetSize",
    "SingleSize",
    "Size",
]
