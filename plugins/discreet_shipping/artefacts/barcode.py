"""The order number as a Code 128 barcode (ISO/IEC 15417)."""

from __future__ import annotations

from itertools import groupby

from barcode import Code128

from plugins.discreet_shipping.artefacts.shapes import Box

QUIET_MODULES = 10  # empty on both sides, as the standard asks


def barcode_boxes(number: str, *, x: float, y: float, width: float, height: float) -> list[Box]:
    """Return the bars of `number` within a rectangle, its quiet zones included."""
    modules = Code128(number).build()[0]
    # Whole printer dots: a bar of a fraction of a dot would be rounded, and not be read.
    dots = int(width / (len(modules) + 2 * QUIET_MODULES) * _DOTS_PER_MM)
    module = max(1, min(dots, _MOST_DOTS)) / _DOTS_PER_MM
    at = x + QUIET_MODULES * module
    boxes = []
    for colour, run in groupby(modules):
        wide = len(list(run)) * module
        if colour == "1":
            boxes.append(Box(at, y, wide, height))
        at += wide
    return boxes


_DOTS_PER_MM = 300 / 25.4
_MOST_DOTS = 6  # about half a millimetre: wider bars only take room
