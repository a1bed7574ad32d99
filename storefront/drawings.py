"""Drawings made from the size data, to scale, as SVG without a single style attribute.

One user unit is one millimetre, so every drawing on a page keeps true proportions.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from product_content.types import SizeInfo

_SLOT = 50  # mm: the widest size, its base and some air
_BELOW = 34  # mm of water under the base, where the reflection lies
_GAP = 7  # mm between two circles of a strip
_DIGITS = 13  # mm for the number under a circle


@lru_cache(maxsize=64)
def standing(size: SizeInfo, tallest_mm: int) -> SafeString:
    """Return one dilator that stands on still water; equal slots keep a row to scale.

    `tallest_mm` is the length of the row's longest one: it gives all the same height.
    """
    height = tallest_mm + 4
    shape = _outline(size.diameter_mm, size.usable_length_mm)
    return format_html(
        '<svg class="standing" viewBox="{} {} {} {}" aria-hidden="true" focusable="false">'
        '<g class="reflection" transform="translate(0 6) scale(1 -.17)">{}</g>{}'
        '<path class="water" d="M-24 6.5q6-1.6 12 0t12 0 12 0 12 0M-15 14q5-1.4 10 0t10 0 10 0"/>'
        "</svg>",
        -_SLOT / 2,
        -height,
        _SLOT,
        height + _BELOW,
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

    The same slots in every strip: one look down a list compares all sets.
    """
    return _strip(chart, included, _in_words(included))


@lru_cache(maxsize=256)
def _strip(chart: tuple[SizeInfo, ...], included: tuple[SizeInfo, ...], words: str) -> SafeString:
    chosen = {size.number for size in included}
    widest = max((size.diameter_mm for size in chart), default=0)
    circles, left = [], 1.0
    for size in chart:
        circles.append(_circle(size, left, widest, size.number in chosen))
        left += size.diameter_mm + _GAP
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        left - _GAP + 1,
        widest + _DIGITS + 1,
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
        widest + _DIGITS - 2,
        size.number,
    )


def _in_words(sizes: tuple[SizeInfo, ...]) -> str:
    if not sizes:
        return _("No dilator sizes")
    listed = ", ".join(f"{size.number} ({size.diameter_mm} mm)" for size in sizes)
    return _("Sizes in it: %(sizes)s") % {"sizes": listed}
