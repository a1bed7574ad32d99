"""Labels, packing slips and customs forms, laid out from the Contract's strings.

All figures are millimetres.

A label has sender, recipient, what the carrier must do and a barcode; a slip has codes and
pieces, never a name or a price; a customs form what the law asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import files
from itertools import groupby
from pathlib import Path

from barcode import Code128
from PIL import ImageFont

from plugins.discreet_shipping.contract import Contract, Label

POINT = 25.4 / 72  # a typographic point in millimetres


@dataclass(frozen=True)
class Text:
    """A line of text; `y` is its baseline, `size` the height of the type in millimetres."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Sheet:
    """A page of a label or slip, in millimetres, with its texts and boxes.

    `picture` is a PNG that fills the page as far as its shape allows, such as a carrier's label.
    """

    width: float
    height: float
    texts: tuple[Text, ...]
    boxes: tuple[Box, ...]
    picture: bytes = b""


# 4 by 6 inch is what carriers' thermal printers take; A6 (ISO 216) is the nearest European size.
SIZES: dict[str, tuple[float, float]] = {"4x6": (101.6, 152.4), "a6": (105.0, 148.0)}


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
    module = max(1, min(dots, _MAX_DOTS)) / _DOTS_PER_MM
    at = x + QUIET_MODULES * module
    boxes = []
    for colour, run in groupby(modules):
        wide = len(list(run)) * module
        if colour == "1":
            boxes.append(Box(at, y, wide, height))
        at += wide
    return boxes


_DOTS_PER_MM = 300 / 25.4
_MAX_DOTS = 6  # about half a millimetre: wider bars only take room


_MARGIN = 6.0
_SMALL, _MARK, _LARGE, _MIN_SIZE = 3.1, 4.2, 5.6, 2.2
_LEADING = 1.35
_BARS_FROM_BELOW = 28.0  # where the barcode begins, from the lower edge
_SCALE_STEP = 0.05


def label_sheet(label: Label, size: str) -> Sheet:
    """Lay a label out on a page of a size in `SIZES`; all of it is scaled down if it has to be."""
    width, height = SIZES[size]
    room, scale = width - 2 * _MARGIN, 1.0
    texts, rule, end = _lines_above_barcode(label, room, scale)
    while end > height - _BARS_FROM_BELOW and scale > _SCALE_STEP:
        scale -= _SCALE_STEP
        texts, rule, end = _lines_above_barcode(label, room, scale)
    bars = barcode_boxes(
        label["number"], x=_MARGIN, y=height - _BARS_FROM_BELOW, width=room, height=16
    )
    number = Text(_MARGIN, height - _MARGIN, _MARK, label["number"])
    return Sheet(width, height, (*texts, number), (rule, *bars))


def _lines_above_barcode(label: Label, room: float, scale: float) -> tuple[list[Text], Box, float]:
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
        for part in _parts(line, min(size, _MIN_SIZE), room):
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


_SLIP_MARGIN, _SLIP_SIZE, _ROW_HEIGHT = 6.0, 4.0, 6.5
_MAX_ROWS = 14


def slip_sheet(contract: Contract, size: str) -> Sheet:
    """Lay the slip out on a page of a size in `SIZES`; rows that do not fit are counted."""
    width, height = SIZES[size]
    rows = [(code, f"× {pieces}") for code, pieces in contract["slip"]["lines"]]
    shown = rows[:_MAX_ROWS]
    if len(rows) > _MAX_ROWS:
        shown.append((f"and {len(rows) - _MAX_ROWS} more", ""))
    texts = [Text(_SLIP_MARGIN, _SLIP_MARGIN + 5, 5, f"Order {contract['number']}")]
    for index, (code, pieces) in enumerate(shown):
        y = _SLIP_MARGIN + 18 + index * _ROW_HEIGHT
        texts += [
            Text(_SLIP_MARGIN, y, _SLIP_SIZE, code),
            Text(width - _SLIP_MARGIN - 14, y, _SLIP_SIZE, pieces),
        ]
    bars = barcode_boxes(
        contract["number"], x=_SLIP_MARGIN, y=height - 24, width=width - 2 * _SLIP_MARGIN, height=12
    )
    return Sheet(width, height, tuple(text for text in texts if text.text), tuple(bars))


def customs_sheet(contract: Contract, size: str) -> Sheet:
    """Lay the customs form out on a page of a size in `SIZES`: the Contract's lines, no more."""
    width, height = SIZES[size]
    heading = ["CUSTOMS DECLARATION", f"Order {contract['number']}", "Sale of goods"]
    texts, end = _block(heading, _SLIP_MARGIN + 5, _MARK, width - 2 * _SLIP_MARGIN)
    rule = Box(_SLIP_MARGIN, end, width - 2 * _SLIP_MARGIN, 0.4)
    rows, _end = _block(contract["customs"], end + 8, _MARK, width - 2 * _SLIP_MARGIN)
    return Sheet(width, height, (*texts, *rows), (rule,))
