"""Neutral papers as PDF: how they are written, who sells, and the credit note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from prices import Money
from saleor.order.models import Order
from saleor.site.models import SiteSettings

from plugins.discreet_shipping.label_layout import font_file
from plugins.ordering.addresses import address_lines
from plugins.ordering.models import Refund, RefundLine, RefundPart, RefundStatus
from plugins.ordering.outcomes import shop_address
from plugins.ordering.totals import full_name
from product_content.money import format_money, zero

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


def seller_lines() -> tuple[str, ...]:
    """Return the shop's name, its address where staff gave one, and how to reach it."""
    site = SiteSettings.objects.select_related("company_address").get(site_id=settings.SITE_ID)
    address = address_lines(site.company_address, with_name=True, with_country=True)
    return (settings.SHOP_NAME, *address, shop_address())


_CREDIT_NOTE_WIDTHS = (114, 22, 30)  # what, pieces, together


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF; its `name`, without an ending, says nothing of what was bought."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CreditNote:
    """One refund that was booked. `lines` are name, pieces and sum; `total` is their end.

    `parts` say where the money went, and what of it did not arrive.
    """

    number: str
    order_number: str
    at: datetime
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    lines: tuple[tuple[str, int, Money], ...]
    sums: tuple[Row, ...]
    parts: tuple[Row, ...]
    total: Money


def credit_note_file(order: Order, number: int) -> Paper | None:
    """Return the order's credit note with this number in the active language, or None."""
    note = get_credit_note(order, number)
    return Paper(f"credit-note-{note.number}", credit_note_pdf(note)) if note else None


def get_credit_note(order: Order, number: int) -> CreditNote | None:
    """Return the order's credit note with this number, or None."""
    refund = Refund.objects.filter(order=order, number=number).first()
    if refund is None or refund.booked_at is None:
        return None
    lines = refund.lines.select_related("line")
    return CreditNote(
        number=refund.credit_note,
        order_number=str(order.pk),
        at=refund.booked_at,
        seller=seller_lines(),
        buyer=address_lines(order.billing_address, with_name=True, with_country=True),
        lines=tuple(_line(row, refund.currency) for row in lines),
        sums=tuple(_sums(refund)),
        parts=tuple(_part(part) for part in refund.parts.select_related("gift_card")),
        total=refund.sent_back,
    )


def credit_note_pdf(note: CreditNote) -> bytes:
    """Return the credit note as a PDF file, in the active language."""
    pdf = new_pdf(_("Credit note %(number)s") % {"number": note.number})
    _credit_note_head(pdf, note)
    if note.lines:
        headings = (_("What"), _("Pieces"), _("Together"))
        rows = ((name, str(pieces), format_money(amount)) for name, pieces, amount in note.lines)
        write_table(pdf, headings, rows, _CREDIT_NOTE_WIDTHS)
    write_rows(pdf, note.sums)
    write_rows(pdf, note.parts)
    write_rows(pdf, [(_("Given back"), note.total)])
    return bytes(pdf.output())


def _credit_note_head(pdf: FPDF, note: CreditNote) -> None:
    write(pdf, "\n".join(note.seller), grey=GREY)
    pdf.ln(10)
    write(pdf, _("Credit note"), TITLE)
    pdf.ln(2)
    write(pdf, note.number)
    write(pdf, _("Order %(number)s") % {"number": note.order_number})
    write(pdf, day_of(note.at))
    pdf.ln(5)
    write(pdf, "\n".join(note.buyer))
    pdf.ln(8)


def _line(row: RefundLine, currency: str) -> tuple[str, int, Money]:
    return full_name(row.line), row.pieces, Money(row.amount_value, currency)


def _sums(refund: Refund) -> Iterable[Row]:
    rows = [(_("Delivery"), refund.delivery), (_("Other"), refund.free)]
    return ((label, amount) for label, amount in rows if amount.amount)


def _part(part: RefundPart) -> Row:
    if part.gift_card:
        label = _("To your gift card ending %(ending)s") % {"ending": part.gift_card.code[-4:]}
    else:
        label = _("To how you paid")
    if part.state == RefundStatus.FAILED:
        return _("%(part)s (it did not arrive)") % {"part": label}, zero(part.currency)
    return label, part.amount
