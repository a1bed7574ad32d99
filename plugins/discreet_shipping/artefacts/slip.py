"""The slip in the parcel: codes and pieces, never a name or a price."""

from __future__ import annotations

from plugins.discreet_shipping.artefacts.barcode import barcode_boxes
from plugins.discreet_shipping.artefacts.shapes import SIZES, Sheet, Text
from plugins.discreet_shipping.contract import Contract

_MARGIN, _SIZE, _STEP = 6.0, 4.0, 6.5
_MOST_ROWS = 14


def slip_sheet(contract: Contract, size: str) -> Sheet:
    """Lay the slip out on a sheet of a size in `SIZES`; more rows than fit are counted."""
    width, height = SIZES[size]
    rows = [(code, f"× {pieces}") for code, pieces in contract["slip"]["lines"]]
    shown = rows[:_MOST_ROWS]
    if len(rows) > _MOST_ROWS:
        shown.append((f"and {len(rows) - _MOST_ROWS} more", ""))
    texts = [Text(_MARGIN, _MARGIN + 5, 5, f"Order {contract['number']}")]
    for index, (code, pieces) in enumerate(shown):
        y = _MARGIN + 18 + index * _STEP
        texts += [Text(_MARGIN, y, _SIZE, code), Text(width - _MARGIN - 14, y, _SIZE, pieces)]
    bars = barcode_boxes(
        contract["number"], x=_MARGIN, y=height - 24, width=width - 2 * _MARGIN, height=12
    )
    return Sheet(width, height, tuple(text for text in texts if text.text), tuple(bars))
