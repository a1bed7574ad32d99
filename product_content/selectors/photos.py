"""Photos of products, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.storage import default_storage

from product_content.photo_names import name_at
from product_content.types import Photo

# An array of [name, alt, width, height, widths], the product's first photo first.
PHOTOS_SQL = """
    SELECT json_build_array(i.image, i.alt, f.width, f.height, f.widths)
    FROM product_productimage i JOIN product_content_photofiles f ON f.image_id = i.id
    WHERE i.product_id = p.id ORDER BY i.sort_order, i.id
"""


def build_photos(stored: Iterable[list[Any]]) -> tuple[Photo, ...]:
    """Return what the statement above found, with addresses in place of names."""
    return tuple(_photo(*values) for values in stored)


def _photo(name: str, alt: str, width: int, height: int, widths: list[int]) -> Photo:
    copies = (f"{default_storage.url(name_at(name, each))} {each}w" for each in widths)
    return Photo(alt, default_storage.url(name), ", ".join(copies), width, height)
