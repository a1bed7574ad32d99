"""The one font of labels: it has every letter that `texts.clean_line` lets through."""

from __future__ import annotations

from functools import cache
from importlib.metadata import files
from pathlib import Path

from PIL import ImageFont

PIXELS_PER_MM = 300 / 25.4  # what thermal label printers print, 300 dots per inch
_MEASURE = 100  # type size, in pixels, at which widths are measured


def font_file() -> Path:
    """Return the path of Noto Sans, a variable font (SIL Open Font License 1.1).

    Its regular weight is used as it is: cutting another one out takes seconds per file.
    """
    for file in files("fontpkg-noto-sans") or ():
        if file.name.startswith("NotoSans[") and file.suffix == ".ttf":
            return Path(str(file.locate()))
    raise FileNotFoundError("fontpkg-noto-sans has no NotoSans[…].ttf")


@cache
def pillow_font(pixels: int) -> ImageFont.FreeTypeFont:
    """Return the font for drawing at a size in pixels."""
    return ImageFont.truetype(str(font_file()), pixels)


def width_of(text: str, size: float) -> float:
    """Return the width of a line in millimetres at a type size in millimetres."""
    return pillow_font(_MEASURE).getlength(text) * size / _MEASURE
