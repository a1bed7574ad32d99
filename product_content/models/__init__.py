"""Tables of this app, one module per subject."""

from product_content.models.catalogue import CatalogueRecord
from product_content.models.guides import Guide, GuideProduct, GuideRelation, GuideStage, GuideTopic
from product_content.models.photos import PhotoFiles
from product_content.models.products import Firmness, Latex, Magnet, ProductDetail, SafetyCard
from product_content.models.search import SearchDocument, SearchWord
from product_content.models.sizes import SetSize, SingleSize, Size

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
