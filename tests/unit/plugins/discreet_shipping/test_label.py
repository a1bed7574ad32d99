"""Labels: their barcode is scanned, their names are letters, and nothing runs over."""

import io
import unicodedata

import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from PIL import Image
from pypdfium2 import PdfDocument

from plugins.discreet_shipping import choices
from plugins.discreet_shipping.choices import line_is_printable
from plugins.discreet_shipping.labels import (
    KINDS,
    SIZES,
    font_file,
    printout_file,
    printout_sheet,
    width_of,
)

SENDER = ["Mill Post Room", "PO Box 118", "Leeds", "LS1 9AB", "United Kingdom"]
NAMES = ["Zoë Łukasiewicz-O’Brien", "Ελένη Παπαδοπούλου", "Анастасія Ґудзь", "Nguyễn Thị Hồng"]


def contract(number="1042", recipient=None, marks=(), sender=SENDER):
    to = recipient or ["R. Marsh", "4 Mill Lane", "LEWES", "BN7 1AA", "United Kingdom"]
    label = {"sender": sender, "recipient": to, "marks": list(marks), "number": number}
    slip = {"kind": "codes", "lines": [["Code 00012", "1"], ["Code 00031", "2"]]}
    back = {**label, "sender": to, "recipient": sender}
    papers = {"label": label, "return_label": back, "slip": slip, "customs": []}
    return {"number": number, **papers}


def picture(file, form):
    if form == "png":
        return Image.open(io.BytesIO(file))
    pdf = PdfDocument(file)
    return pdf[0].render(scale=203 / 72).to_pil()  # what the coarsest label printers print


def scanned(number, kind, size, form):
    file = printout_file(contract(number), kind=kind, size=size, form=form)
    return [(code.text, code.format) for code in zxingcpp.read_barcodes(picture(file, form))]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", ["pdf", "png"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "customs"])
def test_a_scanner_reads_the_order_number_from_every_sheet(kind, form, size):
    assert scanned("1042", kind, size, form) == [("1042", zxingcpp.BarcodeFormat.Code128)]


@pytest.mark.parametrize("number", ["7", "99", "9912", "99123", "9999999999"])
def test_a_scanner_reads_every_order_number(number):
    assert scanned(number, "label", "a6", "png") == [(number, zxingcpp.BarcodeFormat.Code128)]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_many_languages_are_printed_as_written(name):
    assert line_is_printable(name) == (True, "")
    file = printout_file(contract(recipient=[name, "4 Mill Lane"]), kind="label", size="a6",
                         form="pdf")  # fmt: skip
    text = PdfDocument(file)[0].get_textpage().get_text_range()
    assert unicodedata.normalize("NFC", name) in unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("name", ["李小龙", "佐藤さくら", "김민지", "محمد", "שרה", "Robin 💙", "𝓡obin",
                                  "A\u202eB", "A\u200bB", "A\x00", "A\nB", "<b>", "अनिता"])  # fmt: skip
def test_what_the_font_lacks_is_refused_in_words(name):
    allowed, reason = line_is_printable(name)
    assert not allowed
    assert "Latin, Greek or Cyrillic letters, as a passport does" in reason


def test_too_long_a_line_is_refused_in_words():
    assert line_is_printable("x" * 60) == (True, "")
    assert line_is_printable("x" * 61)[1].startswith("Please shorten this to 60 characters")


def test_the_font_has_every_character_that_is_let_through(monkeypatch):
    # a million refusals: looking up the translation of each takes most of the time
    monkeypatch.setattr(choices, "_OTHER_LETTERS", "")
    known = set(TTFont(str(font_file())).getBestCmap())
    let_through = {c for c in range(0x110000) if line_is_printable(chr(c))[0]}
    assert len(let_through) > 1900
    assert let_through - known == set()


@pytest.mark.parametrize("size", SIZES)
def test_the_longest_label_stays_on_its_sheet_and_clear_of_its_barcode(size):
    wide = "WWWWW WWWW MMMMMM WWWWWWWW MMMMMMMM WWWWWWW WWWWWWW MMMMMMMM"
    sheet = printout_sheet(
        contract(
            recipient=[f"{wide} {wide}", *[wide] * 6, "United Kingdom"],
            marks=["Hold at the counter", "Signature", f"Safe place: {'m' * 40}", "Named person"],
            sender=["W" * 35] * 6,
        ),
        kind="label",
        size=size,
    )
    *words, number = sheet.texts
    bars = min(box.y for box in sheet.boxes if box.height == 16)
    assert max(text.y for text in words) < bars < number.y < sheet.height
    assert all(text.x + width_of(text.text, text.size) <= sheet.width for text in sheet.texts)
    assert min(text.size for text in sheet.texts) > 1.3
    printed = " ".join(text.text for text in words)
    assert printed.count(wide) == 8, "a line that is too wide goes on below, and loses nothing"
