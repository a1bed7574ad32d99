"""Papers on A4 for customers, laid out with fpdf2: text, rows of a label and a sum, tables.

Figures of the layout are millimetres, type sizes points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from prices import Money

from plugins.discreet_shipping.label_layout import font_file
from product_content.money import format_money

if TYPE_CHECKING:
    from fpdf import FPDF

Row = tuple[str, Money]
TEXT, SMALL, TITLE = 10.0, 8.5, 22.0
GREY, BLACK = 110, 20
_MARGIN, _LINE, _SUM_WIDTH = 22.0, 5.6, 30


def day_of(moment: datetime) -> str:
    """Return the day of a moment, as the active language writes it."""
    return date_format(timezone.localtime(moment), _("j F Y"))


def new_pdf(title: str) -> FPDF:
    """Return an empty paper with this title, in the active language."""
    from fpdf import FPDF  # only who asks for a paper needs it, not every web process

    pdf = FPDF(format="A4")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, _MARGIN)
    pdf.add_font("receipt", fname=font_file())
    pdf.set_title(title)
    pdf.set_lang(get_language() or "en")
    pdf.add_page()
    return pdf


def write(pdf: FPDF, text: str, size: float = TEXT, grey: int = BLACK) -> None:
    """Write lines of text."""
    pdf.set_font("receipt", size=size)
    pdf.set_text_color(grey)
    pdf.multi_cell(0, size * _LINE / TEXT, text, align="LEFT", new_x="LEFT", new_y="NEXT")


def write_table(
    pdf: FPDF, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]
) -> None:
    """Write a table whose first column is text, and whose others are figures."""
    pdf.set_font("receipt", size=TEXT)
    pdf.set_draw_color(200)
    with pdf.table(
        col_widths=tuple(widths),
        text_align=("LEFT", *["RIGHT"] * (len(widths) - 1)),
        borders_layout="HORIZONTAL_LINES",
        line_height=_LINE,
        padding=(1.4, 0),
        headings_style=None,
        first_row_as_headings=False,
    ) as table:
        table.row(tuple(headings))
        for row in rows:
            table.row(tuple(row))
    pdf.ln(4)


def write_rows(pdf: FPDF, rows: Iterable[Row]) -> None:
    """Write rows of a label and a sum."""
    for label, amount in rows:
        write_row(pdf, label, format_money(amount))
    pdf.ln(3)


def write_row(pdf: FPDF, label: str, amount: str, size: float = TEXT) -> None:
    """Write one label with its sum at the right."""
    height, wide = size * _LINE / TEXT, pdf.epw - _SUM_WIDTH
    pdf.set_font("receipt", size=size)
    pdf.set_text_color(BLACK)
    pdf.cell(wide, height, label, align="LEFT")
    pdf.cell(_SUM_WIDTH, height, amount, align="RIGHT", new_x="LMARGIN", new_y="NEXT")
