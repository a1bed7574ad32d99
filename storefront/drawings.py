"""Drawings made from the size data, to scale, as SVG without a single style attribute.

One user unit is one millimetre, so every drawing on a page keeps true proportions. Some measure
real millimetres: on paper at once, and on a screen once it is matched. They say in `data-mm` how
wide they are, so that sizes.js can set their width in pixels; lines are drawn inside the edge, so
that the outside measures what the label says.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from product_content.types import SizeInfo

_SLOT_MM = 50  # mm: the widest size, its base and some air
_REFLECTION_MM = 34  # mm of water under the base, where the reflection lies
_GAP_MM = 7  # mm between two circles of a strip
_DIGITS_MM = 13  # mm for the number under a circle


@lru_cache(maxsize=64)
def standing(size: SizeInfo, tallest_mm: int) -> SafeString:
    """Return one size that stands on still water; equal slots keep a row to scale.

    `tallest_mm` is the length of the row's longest one: it gives all the same height.
    """
    height = tallest_mm + 4
    shape = _outline(size.diameter_mm, size.usable_length_mm)
    return format_html(
        '<svg class="standing" viewBox="{} {} {} {}" aria-hidden="true" focusable="false">'
        '<g class="reflection" transform="translate(0 6) scale(1 -.17)">{}</g>{}'
        '<path class="water" d="M-24 6.5q6-1.6 12 0t12 0 12 0 12 0M-15 14q5-1.4 10 0t10 0 10 0"/>'
        "</svg>",
        -_SLOT_MM / 2,
        -height,
        _SLOT_MM,
        height + _REFLECTION_MM,
        shape,
        shape,
    )


def _outline(diameter: int, length: int) -> SafeString:
    """Return shaft with a tapered tip, its base and a line of light, standing on y = 0."""
    radius = diameter / 2
    shoulder = min(1.25 * diameter, 0.55 * length)
    values = {
        "r": radius,
        "top": -length,
        "s": shoulder - length,
        "c1": 0.42 * shoulder - length,
        "c2": 0.46 * radius,
        "bx": radius + 4,
        "bw": diameter + 8,
        "lx": -0.52 * radius,
        "ly": 1.05 * shoulder - length,
    }
    rounded = {name: round(value, 2) for name, value in values.items()}
    return format_html(
        '<path class="body" d="M-{r} 0V{s}C-{r} {c1} -{c2} {top} 0 {top}'
        'S{r} {c1} {r} {s}V0Z"/>'
        '<rect class="base" x="-{bx}" y="-1" width="{bw}" height="6" rx="3"/>'
        '<path class="light" d="M{lx} {ly}V-10"/>',
        **rounded,
    )


def strip(chart: tuple[SizeInfo, ...], included: tuple[SizeInfo, ...]) -> SafeString:
    """Return the whole chart as circles in a row, those in `included` filled.

    A size is at the same position in every strip, so that sets can be compared down a list.
    """
    return _strip(chart, included, _in_words(included))


@lru_cache(maxsize=256)
def _strip(chart: tuple[SizeInfo, ...], included: tuple[SizeInfo, ...], words: str) -> SafeString:
    chosen = {size.number for size in included}
    widest = max((size.diameter_mm for size in chart), default=0)
    circles, left = [], 1.0
    for size in chart:
        circles.append(_circle(size, left, widest, size.number in chosen))
        left += size.diameter_mm + _GAP_MM
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        left - _GAP_MM + 1,
        widest + _DIGITS_MM + 1,
        words,
        format_html_join("", "{}", ((circle,) for circle in circles)),
    )


def _circle(size: SizeInfo, left: float, widest: int, filled: bool) -> SafeString:
    radius = size.diameter_mm / 2
    return format_html(
        '<g class="{}"><circle cx="{}" cy="{}" r="{}"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
        "in" if filled else "out",
        left + radius,
        widest - radius + 0.5,
        radius,
        left + radius,
        widest + _DIGITS_MM - 2,
        size.number,
    )


def _in_words(sizes: tuple[SizeInfo, ...]) -> str:
    if not sizes:
        return _("No sizes")
    listed = ", ".join(f"{size.number} ({size.diameter_mm} mm)" for size in sizes)
    return _("Sizes in it: %(sizes)s") % {"sizes": listed}


LINE_MM = 0.3  # mm
CARD_MM = (85.6, 53.98)  # mm, width and height of a bank card (ISO/IEC 7810, format ID-1)
CARD_CORNER_MM = 3.18  # mm, from the same standard


def disc(diameter_mm: int) -> SafeString:
    """Return a disc of this diameter."""
    shape = format_html(
        '<circle cx="{0}" cy="{0}" r="{1}"/>', diameter_mm / 2, _inner_radius(diameter_mm)
    )
    return _true_scale("disc", diameter_mm, diameter_mm, shape)


def bank_card(*, upright: bool) -> SafeString:
    """Return the outline of a bank card; upright it fits on a phone."""
    width, height = reversed(CARD_MM) if upright else CARD_MM
    shape = format_html(
        '<rect x="{0}" y="{0}" width="{1}" height="{2}" rx="{3}"/>',
        LINE_MM / 2, round(width - LINE_MM, 2), round(height - LINE_MM, 2), CARD_CORNER_MM,
    )  # fmt: skip
    return _true_scale("bank-card", width, height, shape)


def ruler(length_mm: int) -> SafeString:
    """Return a ruler with a tick for each millimetre and a number for each centimetre."""
    ticks = format_html_join(
        "", '<path d="M{} 0V{}"/>', ((mm, _tick_length(mm)) for mm in _millimetres(length_mm))
    )
    numbers = format_html_join(
        "", '<text x="{}" y="9.500" text-anchor="middle">{}</text>',
        ((mm, mm) for mm in range(10, length_mm, 10)),
    )  # fmt: skip
    return _true_scale("ruler", length_mm, 11, ticks + numbers)


def _true_scale(name: str, width: float, height: float, shape: SafeString) -> SafeString:
    return format_html(
        '<svg class="{0}" data-mm="{1}" width="{1}mm" height="{2}mm" viewBox="0 0 {1} {2}" '
        'aria-hidden="true" focusable="false">{3}</svg>',
        name, width, height, shape,
    )  # fmt: skip


def _inner_radius(diameter_mm: int) -> float:
    return round((diameter_mm - LINE_MM) / 2, 2)


def _millimetres(length_mm: int) -> range:
    return range(length_mm + 1)


def _tick_length(mm: int) -> float:
    if mm % 10 == 0:
        return 6
    return 4.5 if mm % 5 == 0 else 3
