"""Photos of products: uploads encoded again, copies in several widths, their files, their order.

An upload is decoded and encoded again, so that nothing but pixels is kept.
"""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from PIL import Image, ImageOps, UnidentifiedImageError
from saleor.product.models import Product, ProductImage

from product_content.models import PhotoFiles
from product_content.types import Photo

# Pixels. A card on a phone, the same on a dense screen, a product's page on a dense screen.
WIDTHS = (400, 800, 1400)


def widths_for(width: int) -> list[int]:
    """Return the widths to store a photo in that is `width` wide: never more than it has."""
    return [*(smaller for smaller in WIDTHS if smaller < width), width]


def name_at(name: str, width: int) -> str:
    """Return the name of the WebP copy in this width of the photo stored as `name`."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}-{width}.webp"))


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


MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a large camera's picture; more is a decompression bomb
MAX_WHOLE_PIXELS = 16_000_000  # of a PNG or WebP: they are unpacked whole, up to 16 bytes a pixel
MAX_SIDE = 2000  # pixels: sharp on a dense screen at the widest place it is shown
_FORMATS = ("JPEG", "PNG", "WEBP")  # Pillow tries no other decoder: no SVG, no HTML, no PDF
_KINDS = {kind: kind for kind in _FORMATS} | {"MPO": "JPEG"}  # what some phones write as .jpg
_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 85, "method": 4},
}


class ImageRefused(ValueError):  # noqa: N818  it is an answer to staff, as CatalogueRefused
    """The upload cannot be used; the message is for the person who uploaded it."""


def reencode(upload: UploadedFile) -> ContentFile:
    """Return a clean copy of an uploaded JPEG, PNG or WebP, under a random name.

    Place, camera and thumbnail data are dropped, the picture is turned upright and made no larger
    than `MAX_SIDE`. Neither the name nor the declared type of the upload is believed.
    Raises ImageRefused.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ImageRefused(f"The picture is larger than {MAX_BYTES // 1024 // 1024} MB.")
    image, kind = _decode(upload)
    buffer = BytesIO()
    _pixels_only(image, kind).save(buffer, kind, **_OPTIONS[kind])
    return ContentFile(buffer.getvalue(), name=f"{secrets.token_hex(16)}.{_EXTENSIONS[kind]}")


def max_pixels(kind: str) -> int:
    """Return how many pixels an upload of this kind may have; JPEG is read no finer than kept."""
    return MAX_PIXELS if kind == "JPEG" else min(MAX_PIXELS, MAX_WHOLE_PIXELS)


def _decode(upload: UploadedFile) -> tuple[Image.Image, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(upload.read()), formats=_FORMATS)
            kind = _KINDS[str(image.format)]  # lost once the picture is turned
            if image.width * image.height > max_pixels(kind):
                raise ImageRefused("The picture has too many pixels. Make it smaller first.")
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG: read no finer than kept
            image.load()
            return ImageOps.exif_transpose(image), kind
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise ImageRefused("The picture has too many pixels. Make it smaller first.") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ImageRefused):
            raise
        raise ImageRefused("This is not a JPEG, PNG or WebP picture, or it is broken.") from error


def _pixels_only(image: Image.Image, kind: str) -> Image.Image:
    """Return the pixels alone, in a mode that the format can hold."""
    see_through = kind != "JPEG" and (
        image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    )
    pixels = image.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    return clean


_WEBP_QUALITY = (
    78  # of 100: no difference to be seen at the sizes shown, a third of the JPEG's bytes
)


@dataclass(frozen=True)
class PreparedPhoto:
    """A clean picture under a random name, its measures in pixels, and its WebP copies by width."""

    original: ContentFile
    width: int
    height: int
    copies: dict[int, bytes]


def prepare_photo(*, upload: UploadedFile) -> PreparedPhoto:
    """Re-encode an upload and make the copies that pages show. Raises ImageRefused."""
    original = reencode(upload)
    with Image.open(BytesIO(original.read())) as picture:
        copies = {width: _webp(picture, width) for width in widths_for(picture.width)}
        original.seek(0)
        return PreparedPhoto(original, picture.width, picture.height, copies)


@transaction.atomic
def store_copies(*, image: ProductImage, photo: PreparedPhoto) -> None:
    """Store the copies beside the original, which the row `image` has stored already."""
    for width, content in photo.copies.items():
        default_storage.save(name_at(image.image.name, width), ContentFile(content))
    PhotoFiles.objects.create(
        image=image, width=photo.width, height=photo.height, widths=list(photo.copies)
    )


@transaction.atomic
def move_photo(*, image_id: int, place: int) -> None:
    """Make the photo the product's `place`-th, counted from 1; the others close up."""
    photo = ProductImage.objects.get(pk=image_id)
    Product.objects.select_for_update().get(pk=photo.product_id)
    others = ProductImage.objects.filter(product_id=photo.product_id).exclude(pk=image_id)
    photos = list(others.order_by("sort_order", "pk"))
    photos.insert(place - 1, photo)
    for position, each in enumerate(photos):
        each.sort_order = position
    ProductImage.objects.bulk_update(photos, ["sort_order"])


def delete_photo_files(*, image: ProductImage) -> None:
    """Delete the files of a photo as soon as the deletion of its row is certain."""
    name = str(image.image.name)
    stored = PhotoFiles.objects.filter(image=image).values_list("widths", flat=True).first() or []
    names = [name, *(name_at(name, width) for width in stored)]
    transaction.on_commit(partial(_delete, names), robust=True)


def _delete(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _webp(picture: Image.Image, width: int) -> bytes:
    height = max(1, round(picture.height * width / picture.width))
    buffer = BytesIO()
    resized = picture.resize((width, height), Image.Resampling.LANCZOS)
    resized.save(buffer, "WEBP", quality=_WEBP_QUALITY, method=4)
    return buffer.getvalue()


@receiver(pre_delete, sender="product.ProductImage")
def delete_files_of_photo(instance: Any, **_details: Any) -> None:
    """Delete the files with the row, however it is deleted; Saleor would keep them all."""
    delete_photo_files(image=instance)
