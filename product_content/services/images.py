"""Photos that staff upload: taken apart and written anew, so that nothing but pixels is kept."""

from __future__ import annotations

import secrets
import warnings
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a large camera's picture; more is a decompression bomb
LONGEST_SIDE = 2000  # pixels: sharp on a dense screen at the widest place it is shown
_READ = ("JPEG", "PNG", "WEBP")  # Pillow tries no other decoder: no SVG, no HTML, no PDF
_KINDS = {kind: kind for kind in _READ} | {"MPO": "JPEG"}  # what some phones write as .jpg
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
    than `LONGEST_SIDE`. Neither the name nor the declared type of the upload is believed.
    Raises ImageRefused.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ImageRefused(f"The picture is larger than {MAX_BYTES // 1024 // 1024} MB.")
    image, kind = _decode(upload)
    buffer = BytesIO()
    _plain(image, kind).save(buffer, kind, **_OPTIONS[kind])
    return ContentFile(buffer.getvalue(), name=f"{secrets.token_hex(16)}.{_EXTENSIONS[kind]}")


def _decode(upload: UploadedFile) -> tuple[Image.Image, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(upload.read()), formats=_READ)
            kind = _KINDS[str(image.format)]  # lost once the picture is turned
            if image.width * image.height > MAX_PIXELS:
                raise ImageRefused("The picture has too many pixels. Make it smaller first.")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: read no finer than kept
            image.load()
            return ImageOps.exif_transpose(image), kind
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise ImageRefused("The picture has too many pixels. Make it smaller first.") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ImageRefused):
            raise
        raise ImageRefused("This is not a JPEG, PNG or WebP picture, or it is broken.") from error


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """Return the pixels alone, in a mode that the format can hold."""
    see_through = kind != "JPEG" and (
        image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    )
    pixels = image.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    return clean
