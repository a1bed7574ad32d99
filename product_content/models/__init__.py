"""Tables of this app, one module per subject."""

from product_content.models.catalogue import (
    CatalogueRecord,
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
    "CatalogueRecord",
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
