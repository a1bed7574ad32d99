"""Reading what is sold and explained. Everything returned is a plain value of `types`."""

from product_content.selectors.guides import (
    get_guide,
    languages_by_guide,
    list_claims,
    list_guides,
    list_sources,
    moved_guide,
    preview_guide,
)
from product_content.selectors.lists import (
    cards_of,
    list_outlines,
    list_products,
    list_sets,
    list_sizes,
    names_to_try,
    pieces_of,
    product_url,
    singles_by_size,
)
from product_content.selectors.products import (
    get_product,
    languages_by_product,
    moved_product,
    products_changed_on,
)
from product_content.selectors.variants import availability, reviews_of

__all__ = [
    "availability",
    "cards_of",
    "get_guide",
    "get_product",
    "languages_by_guide",
    "languages_by_product",
    "list_claims",
    "list_guides",
    "list_outlines",
    "list_products",
    "list_sets",
    "list_sizes",
    "list_sources",
    "moved_guide",
    "moved_product",
    "names_to_try",
    "pieces_of",
    "preview_guide",
    "product_url",
    "products_changed_on",
    "reviews_of",
    "singles_by_size",
]
