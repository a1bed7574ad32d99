"""Reading what is sold and explained. Everything returned is a plain value of `types`."""

from product_content.selectors.guides import (
    get_guide,
    languages_by_guide,
    list_claims,
    list_guides,
    list_sources,
    preview_guide,
)
from product_content.selectors.lists import (
    list_products,
    list_sets,
    list_sizes,
    singles_by_size,
)
from product_content.selectors.products import get_product
from product_content.selectors.variants import availability

__all__ = [
    "availability",
    "get_guide",
    "get_product",
    "languages_by_guide",
    "list_claims",
    "list_guides",
    "list_products",
    "list_sets",
    "list_sizes",
    "list_sources",
    "preview_guide",
    "singles_by_size",
]
