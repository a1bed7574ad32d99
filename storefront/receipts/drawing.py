"""Drawing a receipt on A4. Figures are millimetres, type sizes points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plugins.discreet_shipping.artefacts.fonts import font_file
from storefront.receipts.rows import Row, day, paid_of, sums_of
from storefront.selectors.receipts import Receipt
from storefront.templatetags.storefront import money
from storefront.types import OrderLineView

if TYPE_CHECKING:
    from fpdf import FPDF

_MARGIN, _LINE = 22.0, 5.6
_TEXT, _SMALL, _TITLE = 10.0, 8.5, 22.0
_WIDTHS = (84, 22, 30, 30)  # what, pieces, each, together
_ALIGN = ("LEFT", "RIGHT", "RIGHT", "RIGHT")
_GREY, _BLACK = 110, 20


def receipt_pdf(receipt: Receipt) -> bytes:
    """Return the receipt as a PDF file, in the language of now."""
    pdf = _sheet(_("Receipt %(number)s") % {"number": receipt.order.number})
    _head(pdf, receipt)
    _items(pdf, receipt.order.lines)
    _sums(pdf, sums_of(receipt))
    _total(pdf, receipt)
    _sums(pdf, paid_of(receipt))
    _foot(pdf)
    return bytes(pdf.output())


def _sheet(title: str) -> FPDF:
    from fpdf import FPDF  # only who asks for a receipt needs it, not every web process

    pdf = FPDF(format="A4")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, _MARGIN)
    pdf.add_font("receipt", fname=font_file())
    pdf.set_title(title)
    pdf.set_lang(get_language() or "en")
    pdf.add_page()
    return pdf


def _write(pdf: FPDF, text: str, size: float = _TEXT, grey: int = _BLACK) -> None:
    pdf.set_font("receipt", size=size)
    pdf.set_text_color(grey)
    pdf.multi_cell(0, size * _LINE / _TEXT, text, align="LEFT", new_x="LEFT", new_y="NEXT")


def _head(pdf: FPDF, receipt: Receipt) -> None:
    order = receipt.order
    _write(pdf, "\n".join(receipt.seller), grey=_GREY)
    pdf.ln(10)
    _write(pdf, _("Receipt"), _TITLE)
    pdf.ln(2)
    _write(pdf, _("Order %(number)s") % {"number": order.number})
    _write(pdf, _("Placed on %(day)s") % {"day": day(order.placed_at)})
    pdf.ln(5)
    _write(pdf, "\n".join(receipt.buyer))
    pdf.ln(8)


def _items(pdf: FPDF, lines: Iterable[OrderLineView]) -> None:
    pdf.set_font("receipt", size=_TEXT)
    pdf.set_draw_color(200)
    headings = (_("What"), _("Pieces"), _("Each"), _("Together"))
    with pdf.table(
        col_widths=_WIDTHS,
        text_align=_ALIGN,
        borders_layout="HORIZONTAL_LINES",
        line_height=_LINE,
        padding=(1.4, 0),
        headings_style=None,
        first_row_as_headings=False,
    ) as table:
        table.row(headings)
        for line in lines:
            table.row(_cells(line))
    pdf.ln(4)


def _cells(line: OrderLineView) -> tuple[str, ...]:
    name = f"{line.name}, {line.option}" if line.option else line.name
    return (name, str(line.quantity), money(line.unit_price), money(line.total))


def _sums(pdf: FPDF, rows: Iterable[Row]) -> None:
    for label, amount in rows:
        _row(pdf, label, money(amount))
    pdf.ln(3)


def _total(pdf: FPDF, receipt: Receipt) -> None:
    _row(pdf, _("Total"), money(receipt.order.total), size=_TEXT * 1.3)
    if receipt.tax.amount:
        _row(pdf, _("VAT in it"), money(receipt.tax), size=_SMALL)
    pdf.ln(3)


def _row(pdf: FPDF, label: str, amount: str, size: float = _TEXT) -> None:
    height, wide = size * _LINE / _TEXT, pdf.epw - _WIDTHS[-1]
    pdf.set_font("receipt", size=size)
    pdf.set_text_color(_BLACK)
    pdf.cell(wide, height, label, align="LEFT")
    pdf.cell(_WIDTHS[-1], height, amount, align="RIGHT", new_x="LMARGIN", new_y="NEXT")


def _foot(pdf: FPDF) -> None:
    pdf.ln(6)
    _write(pdf, _("All prices include VAT where it applies."), _SMALL, _GREY)
