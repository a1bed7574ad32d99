"""Labels and slips as files: PDF by fpdf2, PNG (300 dots per inch) by Pillow, SVG for pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from PIL import Image, ImageDraw, ImageOps

from plugins.discreet_shipping.contract import Contract, Label, return_label_for
from plugins.discreet_shipping.label_layout import (
    PIXELS_PER_MM,
    POINT,
    SIZES,
    Sheet,
    customs_sheet,
    font_file,
    label_sheet,
    pillow_font,
    slip_sheet,
)

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
