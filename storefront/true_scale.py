"""Drawings in real millimetres: right on paper at once, and on a screen once it is matched.

Each SVG says in `data-mm` how wide it is, so that sizes.js can set its width in pixels. Lines
are drawn inside the edge: the outside measures what the label says.
"""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LINE = 0.3  # mm
CARD = (85.6, 53.98)  # mm, width and height of a bank card (ISO/IEC 7810, format ID-1)
CARD_CORNER = 3.18  # mm, from the same standard


def circle(diameter_mm: int) -> SafeString:
    """Return a disc of this diameter."""
    shape = format_html('<circle cx="{0}" cy="{0}" r="{1}"/>', diameter_mm / 2, _inner(diameter_mm))
    return _drawing("disc", diameter_mm, diameter_mm, shape)


def card(*, upright: bool) -> SafeString:
    """Return the outline of a bank card; upright it fits on a phone."""
    width, height = reversed(CARD) if upright else CARD
    shape = format_html(
        '<rect x="{0}" y="{0}" width="{1}" height="{2}" rx="{3}"/>',
        LINE / 2, round(width - LINE, 2), round(height - LINE, 2), CARD_CORNER,
    )  # fmt: skip
    return _drawing("bank-card", width, height, shape)


def ruler(length_mm: int) -> SafeString:
    """Return a ruler with a tick for each millimetre and a number for each centimetre."""
    ticks = format_html_join("", '<path d="M{} 0V{}"/>', ((mm, _tick(mm)) for mm in _to(length_mm)))
    numbers = format_html_join(
        "", '<text x="{}" y="9.500" text-anchor="middle">{}</text>',
        ((mm, mm) for mm in range(10, length_mm, 10)),
    )  # fmt: skip
    return _drawing("ruler", length_mm, 11, ticks + numbers)


def _drawing(name: str, width: float, height: float, shape: SafeString) -> SafeString:
    return format_html(
        '<svg class="{0}" data-mm="{1}" width="{1}mm" height="{2}mm" viewBox="0 0 {1} {2}" '
        'aria-hidden="true" focusable="false">{3}</svg>',
        name, width, height, shape,
    )  # fmt: skip


def _inner(diameter_mm: int) -> float:
    return round((diameter_mm - LINE) / 2, 2)


def _to(length_mm: int) -> range:
    return range(length_mm + 1)


def _tick(mm: int) -> float:
    if mm % 10 == 0:
        return 6
    return 4.5 if mm % 5 == 0 else 3
