"""The label: sender, recipient, what the carrier must do, barcode. Nothing else."""

from __future__ import annotations

from plugins.discreet_shipping.artefacts.barcode import barcode_boxes
from plugins.discreet_shipping.artefacts.fonts import width_of
from plugins.discreet_shipping.artefacts.shapes import SIZES, Box, Sheet, Text
from plugins.discreet_shipping.contract import Label

_MARGIN = 6.0
_SMALL, _MARK, _LARGE, _LEAST = 3.1, 4.2, 5.6, 2.2
_LEADING = 1.35
_BARS_FROM_BELOW = 28.0  # where the barcode begins, from the lower edge
_STEP = 0.05


def label_sheet(label: Label, size: str) -> Sheet:
    """Lay a label out on a sheet of a size in `SIZES`; all of it gets smaller if it must."""
    width, height = SIZES[size]
    room, scale = width - 2 * _MARGIN, 1.0
    texts, rule, end = _words(label, room, scale)
    while end > height - _BARS_FROM_BELOW and scale > _STEP:
        scale -= _STEP
        texts, rule, end = _words(label, room, scale)
    bars = barcode_boxes(
        label["number"], x=_MARGIN, y=height - _BARS_FROM_BELOW, width=room, height=16
    )
    number = Text(_MARGIN, height - _MARGIN, _MARK, label["number"])
    return Sheet(width, height, (*texts, number), (rule, *bars))


def _words(label: Label, room: float, scale: float) -> tuple[list[Text], Box, float]:
    """Return all lines above the barcode, the rule between them, and where they end."""
    sender, y = _block(label["sender"], _MARGIN + _SMALL, _SMALL * scale, room)
    rule = Box(_MARGIN, y, room, 0.4)
    to, y = _block(label["recipient"], y + _LARGE * scale * 1.8, _LARGE * scale, room)
    marks, end = _block(label["marks"], y + 4 * scale, _MARK * scale, room)
    return [*sender, *to, *marks], rule, end - _LEADING * _MARK * scale


def _block(lines: list[str], y: float, size: float, room: float) -> tuple[list[Text], float]:
    """Return lines one below the other and where the next may begin.

    A long line gets smaller, and one that would get too small to read goes on below.
    """
    texts = []
    for line in lines:
        for part in _parts(line, min(size, _LEAST), room):
            fitting = min(size, size * room / max(width_of(part, size), 0.1))
            texts.append(Text(_MARGIN, y, fitting, part))
            y += size * _LEADING
    return texts, y


def _parts(line: str, size: float, room: float) -> list[str]:
    """Break a line between words where it is wider than `room` at a type size."""
    parts: list[str] = []
    for word in line.split(" "):
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and width_of(longer, size) <= room:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts
