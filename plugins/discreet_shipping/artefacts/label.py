"""The label: sender, recipient, what the carrier must do, barcode. Nothing else."""

from __future__ import annotations

from plugins.discreet_shipping.artefacts.barcode import barcode_boxes
from plugins.discreet_shipping.artefacts.fonts import width_of
from plugins.discreet_shipping.artefacts.shapes import SIZES, Box, Sheet, Text
from plugins.discreet_shipping.contract import Label

_MARGIN = 6.0
_SMALL, _LARGE, _LEAST = 3.1, 5.6, 2.2
_LEADING = 1.35


def label_sheet(label: Label, size: str) -> Sheet:
    """Lay a label out on a sheet of a size in `SIZES`."""
    width, height = SIZES[size]
    room = width - 2 * _MARGIN
    texts, y = _block(label["sender"], _MARGIN + _SMALL, _SMALL, room)
    rule = Box(_MARGIN, y, room, 0.4)
    to, y = _block(label["recipient"], y + _LARGE * 1.8, _LARGE, room)
    marks, _ = _block(label["marks"], y + 4, 4.2, room)
    bars = barcode_boxes(label["number"], x=_MARGIN, y=height - _MARGIN - 22, width=room, height=16)
    number = Text(_MARGIN, height - _MARGIN, 4.2, label["number"])
    return Sheet(width, height, (*texts, *to, *marks, number), (rule, *bars))


def _block(lines: list[str], y: float, size: float, room: float) -> tuple[list[Text], float]:
    """Return lines one below the other and where the next may begin; long ones get smaller."""
    texts = []
    for line in lines:
        fitting = min(size, size * room / max(width_of(line, size), 0.1))
        texts.append(Text(_MARGIN, y, max(fitting, _LEAST), line))
        y += size * _LEADING
    return texts, y
