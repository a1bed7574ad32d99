"""The picture that stands for a page where its link is shared: circles to scale, and a name.

Drawn with Pillow because such places do not show SVG. No photograph, nothing to be ashamed of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from product_content.types import SizeInfo

WIDTH, HEIGHT = 1200, 630  # pixels, the proportions that sharing services crop to
_PAPER, _INK, _ACCENT, _PALE = "#f7f3ea", "#14313a", "#17656b", "#b9b6a8"
_MARGIN, _GAP, _LINE = 90, 26, 5
_SMALLEST_TEXT = 20
# Pillow's own typeface has no dashes and curly quotes.
_TYPED = str.maketrans("\u2013\u2014\u2018\u2019\u201c\u201d", "--''\"\"")


@lru_cache(maxsize=256)
def draw(title: str, name: str, chart: tuple[SizeInfo, ...], filled: frozenset[int]) -> bytes:
    """Return a PNG with the chart as circles, those in `filled` (numbers) full, and two texts."""
    title, name = title.translate(_TYPED), name.translate(_TYPED)
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    _circles(pen, chart, filled)
    pen.text((_MARGIN, 405), title, fill=_INK, font=_font_for(title, 64))
    pen.text((_MARGIN, 510), name, fill=_ACCENT, font=_font_for(name, 38))
    return _png(image)


def _circles(pen: ImageDraw.ImageDraw, chart: Sequence[SizeInfo], filled: frozenset[int]) -> None:
    if not chart:
        return
    free = WIDTH - 2 * _MARGIN - _GAP * (len(chart) - 1)
    scale = min(free / sum(size.diameter_mm for size in chart), 230 / chart[-1].diameter_mm)
    left = float(_MARGIN)
    for size in chart:
        width = size.diameter_mm * scale
        box = (left, 330 - width, left + width, 330)
        full = size.number in filled
        pen.ellipse(
            box, fill=_ACCENT if full else None, outline=_ACCENT if full else _PALE, width=_LINE
        )
        left += width + _GAP


def _font_for(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own typeface, smaller where the text would not fit."""
    font = ImageFont.load_default(size)
    while size > _SMALLEST_TEXT and font.getlength(text) > WIDTH - 2 * _MARGIN:
        size -= 4
        font = ImageFont.load_default(size)
    return font


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
