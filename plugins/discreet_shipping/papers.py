"""Neutral papers as PDF: how they are written, the invoice and the credit note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from prices import Money
from saleor.order.models import Order

from plugins.discreet_shipping.labels import font_file
from plugins.ordering.addresses import address_lines
from plugins.ordering.invoices import RateRow, credited_rates, invoice_of, rate_rows, seller_lines
from plugins.ordering.models import Refund, RefundLine, RefundPart, RefundStatus
from plugins.ordering.totals import full_name
from plugins.taxes.models import Invoice
from plugins.taxes.relief import declaration_of
from product_content.languages import written_day
from product_content.money import format_money, zero

if TYPE_CHECKING:
    from fpdf import FPDF

Row = tuple[str, Money]
TEXT, SMALL, TITLE = 10.0, 8.5, 22.0
GREY, BLACK = 110, 20
_MARGIN, _LINE, _SUM_WIDTH = 22.0, 5.6, 30


def day_of(moment: datetime) -> str:
    """Return the day of a moment, as the active language writes it."""
    return written_day(moment)


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
    rates: tuple[RateRow, ...] = ()


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
        rates=credited_rates(refund),
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
    _write_rates(pdf, note.rates, note.total.currency)
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


def _write_rates(pdf: FPDF, rates: Sequence[RateRow], currency: str) -> None:
    """Write net, VAT and gross of each rate, and of all together where there are several."""
    if not rates:
        return
    headings = (_("VAT"), _("Net"), _("VAT amount"), _("Gross"))
    cells = [(f"{row.percent} %", (row.net, row.tax, row.gross)) for row in rates]
    if len(rates) > 1:
        columns = zip(*(amounts for _name, amounts in cells), strict=True)
        net, tax, gross = (sum(column, Decimal(0)) for column in columns)
        cells.append((_("Together"), (net, tax, gross)))
    rows = [(name, *(_money(each, currency) for each in amounts)) for name, amounts in cells]
    write_table(pdf, headings, rows, (76, 30, 30, 30))


def _money(amount: Decimal | str, currency: str) -> str:
    return format_money(Money(Decimal(amount), currency).quantize())


def invoice_file(order: Order, *, neutral: bool = False) -> Paper | None:
    """Return the order's invoice as a PDF, or None before there is one.

    It is in the language of its order and of what was kept when it was issued: asked for again, it
    is the same to the byte. `neutral` names no goods; the figures are the same.
    """
    invoice = invoice_of(order)
    if invoice is None:
        return None
    with translation.override(invoice.language):
        return Paper(f"invoice-{invoice.name}", _invoice_pdf(invoice, neutral=neutral))


def _invoice_pdf(invoice: Invoice, *, neutral: bool) -> bytes:
    said = invoice.content
    pdf = new_pdf(_("Invoice %(number)s") % {"number": invoice.name})
    pdf.set_creation_date(invoice.issued_at)
    _invoice_head(pdf, invoice)
    _invoice_lines(pdf, said, neutral=neutral)
    if Decimal(said["discount"]):
        less = _("The sums are less a discount of %(amount)s.")
        write(pdf, less % {"amount": _money(said["discount"], said["currency"])}, SMALL, GREY)
        pdf.ln(3)
    write_rows(pdf, _invoice_sums(said))
    if said.get("untaxed"):
        write(pdf, untaxed_words(), SMALL, GREY)
    elif said["vat_number"]:
        _write_rates(pdf, rate_rows(said), said["currency"])
    else:
        write(pdf, _("The seller is not registered for VAT: no VAT is charged."), SMALL, GREY)
    if not neutral and any(line.get("relief") for line in said["lines"]):
        write(pdf, _("Some goods are sold without VAT on the buyer’s declaration."), SMALL, GREY)
    return bytes(pdf.output())


def untaxed_words() -> str:
    """Return why there is no VAT in the price of a gift card."""
    return _(
        "A gift card is a way to pay later. There is no VAT in its price: it is computed when the "
        "card is spent, as the goods have it."
    )


def _invoice_head(pdf: FPDF, invoice: Invoice) -> None:
    write(pdf, "\n".join(invoice.content["seller"]), grey=GREY)
    pdf.ln(10)
    write(pdf, _("Invoice"), TITLE)
    pdf.ln(2)
    write(pdf, invoice.name)
    write(pdf, _("Order %(number)s") % {"number": invoice.order_id})
    placed = parse_datetime(invoice.content["placed"])
    write(
        pdf,
        _("Date of the invoice and of the supply: %(day)s") % {"day": day_of(invoice.issued_at)},
    )
    if placed and day_of(placed) != day_of(invoice.issued_at):
        write(pdf, _("Placed on %(day)s") % {"day": day_of(placed)})
    pdf.ln(5)
    write(pdf, "\n".join(invoice.buyer))
    pdf.ln(8)


_INVOICE_WIDTHS = (54, 15, 23, 16, 21, 17, 20)  # what, pieces, each, rate, net, tax, gross
_WITHOUT_TAX_WIDTHS = (90, 22, 27, 27)  # what, pieces, each, together


def _invoice_lines(pdf: FPDF, said: dict[str, Any], *, neutral: bool) -> None:
    rows = [_invoice_line(line, said, neutral=neutral) for line in said["lines"]]
    rows += [
        (_("Delivery"), "", "", *_taxed_cells(part, said["currency"]))
        for part in said["delivery"]["parts"]
    ]
    headings = (_("What"), _("Pieces"), _("Each"))
    if said["vat_number"] and not said.get("untaxed"):
        more = (_("VAT"), _("Net"), _("VAT amount"), _("Gross"))
        write_table(pdf, (*headings, *more), rows, _INVOICE_WIDTHS)
    else:
        write_table(pdf, (*headings, _("Together")), rows, _WITHOUT_TAX_WIDTHS)


def _invoice_line(line: dict[str, Any], said: dict[str, Any], *, neutral: bool) -> tuple[str, ...]:
    each = _money(line["each"], said["currency"])
    name = line["neutral"] if neutral else line["name"]
    return (name, str(line["pieces"]), each, *_taxed_cells(line, said["currency"]))


def _taxed_cells(row: dict[str, Any], currency: str) -> tuple[str, ...]:
    """Return the cells of what was paid for a row; with rate, net and tax where it has them."""
    gross = _money(row["paid"], currency)
    if "tax" not in row:
        return (gross,)
    net, tax = _money(row["net"], currency), _money(row["tax"], currency)
    return (f"{row['percent']} %", net, tax, gross)


def _invoice_sums(said: dict[str, Any]) -> list[Row]:
    def money(name: str) -> Money:
        return Money(Decimal(said[name]), said["currency"]).quantize()

    cards = money("gift_cards")
    paid = [(_("Gift card"), -1 * cards), (_("Paid"), money("paid"))] if cards.amount else []
    return [(_("Total"), money("total")), *paid]


def relief_file(order: Order) -> Paper | None:
    """Return what was declared for VAT relief as a PDF for a tax office, or None for nothing.

    It names a person's illness: only managers get it, and it is recorded.
    """
    found = declaration_of(order)
    if found is None:
        return None
    declaration, at = found
    pdf = new_pdf(_("Declaration for order %(number)s") % {"number": order.pk})
    write(pdf, "\n".join(seller_lines()), grey=GREY)
    pdf.ln(10)
    write(pdf, _("Declaration for VAT relief"), TITLE)
    pdf.ln(2)
    write(pdf, _("Order %(number)s") % {"number": order.pk})
    write(pdf, day_of(at))
    pdf.ln(5)
    if declaration is None:
        write(pdf, _("It cannot be read: the secret key that sealed it is gone."))
    else:
        write(pdf, f"{declaration.name}\n{declaration.condition}")
    return Paper(f"declaration-{order.pk}", bytes(pdf.output()))
