"""Photos of products: prepared, stored, put in order, and forgotten with their files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image
from saleor.product.models import Product, ProductImage

from product_content.models import PhotoFiles
from product_content.photo_names import name_at, widths_for
from product_content.services.images import reencode

_QUALITY = 78  # of 100: no difference to be seen at the sizes shown, a third of the JPEG's bytes


@dataclass(frozen=True)
class PreparedPhoto:
    """A clean picture under a random name, its measures in pixels, and its WebP copies by width."""

    original: ContentFile
    width: int
    height: int
    copies: dict[int, bytes]


def prepare_photo(*, upload: UploadedFile) -> PreparedPhoto:
    """Take an upload apart and make the copies that pages show. Raises ImageRefused."""
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


def forget_files(*, image: ProductImage) -> None:
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
    resized.save(buffer, "WEBP", quality=_QUALITY, method=4)
    return buffer.getvalue()
