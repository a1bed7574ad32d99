"""Labels, packing slips and customs forms, laid out from the Contract's strings, and as files.

All figures are millimetres. PDF is made by fpdf2, PNG (300 dots per inch) by Pillow, SVG for pages.

A label has sender, recipient, what the carrier must do and a barcode; a slip has codes and
pieces, never a name or a price; a customs form what the law asks for.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import files
from itertools import groupby
from pathlib import Path

from barcode import Code128
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from PIL import Image, ImageDraw, ImageFont, ImageOps

from plugins.discreet_shipping.contract import Contract, Label, return_label_for

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


KINDS = ("label", "return-label", "slip", "customs")
ADDRESSED = ("label", "return-label")  # those with the customer's address
CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png"}


def printout_file(
    contract: Contract, *, kind: str, size: str, form: str, bought: bytes = b""
) -> bytes | None:
    """Return a file, or None where this order has none of that kind (or no such size, form).

    `bought` is the label of a carrier, as PNG, that takes the place of ours.
    """
    sheet = printout_sheet(contract, kind=kind, size=size, bought=bought)
    draw = _DRAW.get(form)
    return draw(sheet) if sheet and draw else None


def printouts_pdf(sheets: Iterable[Sheet]) -> bytes:
    """Return all these sheets as one PDF, a page for each."""
    return _pdf(*sheets)


def customers_return_label(contract: Contract) -> bytes | None:
    """Return a label for the way back as a PDF on A6, also where none was put into the parcel.

    None for an order whose Contract has no label: nothing was posted.
    """
    label = contract["label"]
    return label_pdf(return_label_for(label)) if label else None


def label_pdf(label: Label) -> bytes:
    """Return a label as a PDF on A6."""
    return _pdf(label_sheet(label, "a6"))


def label_png(label: Label) -> bytes:
    """Return a label as PNG of A6."""
    return _png(label_sheet(label, "a6"))


def printable_kinds(contract: Contract) -> tuple[str, ...]:
    """Return which of `KINDS` an order with this contract has, in the order of `KINDS`."""
    has = {
        "label": bool(contract["label"]),
        "return-label": bool(contract["return_label"]),
        "slip": contract["slip"]["kind"] == "codes",
        "customs": bool(contract["customs"]),
    }
    return tuple(kind for kind in KINDS if has[kind])


def printout_sheets(contract: Contract, *, size: str, bought: bytes = b"") -> Mapping[str, Sheet]:
    """Return the sheet of each kind that an order with this Contract has."""
    kinds = printable_kinds(contract)
    found = {kind: printout_sheet(contract, kind=kind, size=size, bought=bought) for kind in kinds}
    return {kind: sheet for kind, sheet in found.items() if sheet}


def printout_sheet(
    contract: Contract, *, kind: str, size: str, bought: bytes = b""
) -> Sheet | None:
    """Return the sheet of a kind in `KINDS`, or None; `bought` as in `printout_file`."""
    if size not in SIZES or kind not in printable_kinds(contract):
        return None
    if kind == "label" and bought:
        return Sheet(*SIZES[size], (), (), bought)
    if kind == "slip":
        return slip_sheet(contract, size)
    if kind == "customs":
        return customs_sheet(contract, size)
    label = contract["label"] if kind == "label" else contract["return_label"]
    return label_sheet(label, size) if label else None


def _pdf(*sheets: Sheet) -> bytes:
    from fpdf import FPDF  # only staff who print need it, not every web process from its start

    pdf = FPDF(unit="mm")
    pdf.set_auto_page_break(False)
    pdf.add_font("label", fname=font_file())
    for sheet in sheets:
        pdf.add_page(format=(sheet.width, sheet.height))
        if sheet.picture:
            room = (sheet.width, sheet.height)
            pdf.image(io.BytesIO(sheet.picture), 0, 0, *room, keep_aspect_ratio=True)
        for box in sheet.boxes:
            pdf.rect(box.x, box.y, box.width, box.height, style="F")
        for text in sheet.texts:
            pdf.set_font("label", size=text.size / POINT)
            pdf.text(text.x, text.y, text.text)
    return bytes(pdf.output())


def _png(sheet: Sheet) -> bytes:
    size = round(sheet.width * PIXELS_PER_MM), round(sheet.height * PIXELS_PER_MM)
    image = Image.new("L", size, 255)
    if sheet.picture:
        with Image.open(io.BytesIO(sheet.picture)) as picture:
            image.paste(ImageOps.contain(picture.convert("L"), size))
    draw = ImageDraw.Draw(image)
    for box in sheet.boxes:
        left, top, right, bottom = (
            round(value * PIXELS_PER_MM)
            for value in (box.x, box.y, box.x + box.width, box.y + box.height)
        )
        draw.rectangle((left, top, right - 1, max(top, bottom - 1)), fill=0)
    for text in sheet.texts:
        font = pillow_font(round(text.size * PIXELS_PER_MM))
        at = text.x * PIXELS_PER_MM, text.y * PIXELS_PER_MM
        draw.text(at, text.text, font=font, fill=0, anchor="ls")
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(300, 300))
    return file.getvalue()


_DRAW: dict[str, Callable[[Sheet], bytes]] = {"pdf": _pdf, "png": _png}


def as_svg(sheet: Sheet, title: str) -> SafeString:
    """Return the drawing; `title` says to a screen reader what it is."""
    boxes = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        (tuple(map(_mm, (b.x, b.y, b.width, b.height))) for b in sheet.boxes),
    )
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}">{}</text>',
        ((_mm(t.x), _mm(t.y), _mm(t.size), t.text) for t in sheet.texts),
    )
    return format_html(
        '<svg class="sheet" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        sheet.width, sheet.height, title, boxes, texts,
    )  # fmt: skip


def _mm(value: float) -> str:
    return f"{value:.3f}"
