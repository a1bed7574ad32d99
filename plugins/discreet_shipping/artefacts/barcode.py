"""The order number as a Code 128 barcode (ISO/IEC 15417)."""

from __future__ import annotations

from itertools import groupby

from barcode import Code128

from plugins.discreet_shipping.artefacts.shapes import Box

_START_C_THEN_99 = [105, 99]


class _OrderNumber(Code128):
    """Code 128 without a defect of python-barcode 0.16: it loses a leading 99.

    In charset C the symbol 99 is the two digits, but the library takes it for a switch of
    charsets and leaves it out, so that order 9912 would be scanned as order 12.
    """

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        if encoded[:2] == _START_C_THEN_99:
            return encoded
        return list(super()._try_to_optimize(encoded))


QUIET_MODULES = 10  # empty on both sides, as the standard asks


def barcode_boxes(number: str, *, x: float, y: float, width: float, height: float) -> list[Box]:
    """Return the bars of `number` within a rectangle, its quiet zones included."""
    modules = _OrderNumber(number).build()[0]
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
