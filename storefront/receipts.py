"""Receipts and credit notes as neutral PDF pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from prices import Money
from saleor.core.taxes import zero_money
from saleor.order.models import Order
from saleor.site.models import SiteSettings

from plugins.discreet_shipping.label_layout import font_file
from plugins.ordering.models import Refund, RefundLine, RefundPart, RefundStatus
from plugins.ordering.totals import CardPayment, Totals
from product_content.money import format_money
from storefront.addresses import postal_address
from storefront.orders import full_name, get_order_page, orders_by_token, paid_at
from storefront.types import OrderLineView, OrderPage

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


if TYPE_CHECKING:
    from fpdf import FPDF


@dataclass(frozen=True, slots=True)
class Receipt:
    """A paid order with who sold it and who bought it, line by line.

    The tax within its total is zero where Saleor knows of none.
    """

    order: OrderPage
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    paid_at: datetime


def get_receipt(token: UUID) -> Receipt | None:
    """Return the receipt of an order, or None for one that was never paid."""
    page = get_order_page(token)
    if page is None or not page.was_paid:
        return None
    order = Order.objects.select_related("billing_address").get(pk=page.id)
    buyer = postal_address(order.billing_address)
    return Receipt(
        order=page,
        seller=seller_lines(),
        buyer=buyer.lines if buyer else (),
        paid_at=paid_at(order),
    )


def seller_lines() -> tuple[str, ...]:
    """Return the shop's name, its address where staff gave one, and how to reach it."""
    site = SiteSettings.objects.select_related("company_address").get(site_id=settings.SITE_ID)
    address = postal_address(site.company_address)
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return (settings.SHOP_NAME, *(address.lines if address else ()), contact)


def _total_rows(receipt: Receipt) -> list[Row]:
    """Return the rows from the items to the total; what is zero is left out."""
    totals = receipt.order.totals
    rows = [
        (_("Items"), totals.subtotal),
        *((one.name, -1 * one.amount) for one in totals.discounts),
        (_delivery_label(totals), totals.delivery),
        *((_card_label(card), -1 * card.amount) for card in totals.gift_cards),
    ]
    return [(label, amount) for label, amount in rows if amount and amount.amount]


def _delivery_label(totals: Totals) -> str:
    delivery = _("Delivery")
    return f"{delivery}: {totals.delivery_name}" if totals.delivery_name else delivery


def _card_label(card: CardPayment) -> str:
    label = _("Gift card")
    return f"{label} …{card.code_end}" if card.code_end else label


def _payment_rows(receipt: Receipt) -> list[Row]:
    """Return the payment, what went back of it, and what was kept."""
    order = receipt.order
    rows = [(_("Paid on %(day)s") % {"day": day_of(receipt.paid_at)}, order.total)]
    back = [
        (_("Given back on %(day)s") % {"day": day_of(refund.at)}, -1 * refund.amount)
        for refund in order.refund_entries
        if refund.amount.amount
    ]
    kept = sum((amount for _label, amount in back), order.total)
    kept_rows = [(_("Paid in the end"), kept)] if order.refund_entries else []
    return [*rows, *back, *_gift_card_rows(order), *kept_rows]


def _gift_card_rows(order: OrderPage) -> list[Row]:
    """Return what went back to gift cards; it was not part of what was paid in the end."""
    label = _("Back on your gift card ending %(ending)s")
    return [
        (label % {"ending": card.ending}, -1 * card.amount)
        for refund in order.refund_entries
        for card in refund.to_cards
    ]


def receipt_pdf(receipt: Receipt) -> bytes:
    """Return the receipt as a PDF file, in the active language."""
    pdf = new_pdf(_("Receipt %(number)s") % {"number": receipt.order.number})
    _head(pdf, receipt)
    _items(pdf, receipt.order.lines)
    write_rows(pdf, _total_rows(receipt))
    _total(pdf, receipt)
    write_rows(pdf, _payment_rows(receipt))
    _foot(pdf)
    return bytes(pdf.output())


def _head(pdf: FPDF, receipt: Receipt) -> None:
    order = receipt.order
    write(pdf, "\n".join(receipt.seller), grey=GREY)
    pdf.ln(10)
    write(pdf, _("Receipt"), TITLE)
    pdf.ln(2)
    write(pdf, _("Order %(number)s") % {"number": order.number})
    write(pdf, _("Placed on %(day)s") % {"day": day_of(order.placed_at)})
    pdf.ln(5)
    write(pdf, "\n".join(receipt.buyer))
    pdf.ln(8)


_WIDTHS = (84, 22, 30, 30)  # what, pieces, each, together


def _items(pdf: FPDF, lines: Iterable[OrderLineView]) -> None:
    headings = (_("What"), _("Pieces"), _("Each"), _("Together"))
    write_table(pdf, headings, map(_cells, lines), _WIDTHS)


def _cells(line: OrderLineView) -> tuple[str, ...]:
    name = f"{line.name}, {line.option}" if line.option else line.name
    return (name, str(line.quantity), format_money(line.unit_price), format_money(line.total))


def _total(pdf: FPDF, receipt: Receipt) -> None:
    write_row(pdf, _("Total"), format_money(receipt.order.total), size=TEXT * 1.3)
    tax = receipt.order.totals.tax
    if tax.amount:
        write_row(pdf, _("VAT in it"), format_money(tax), size=SMALL)
    pdf.ln(3)


def _foot(pdf: FPDF) -> None:
    pdf.ln(6)
    write(pdf, _("All prices include VAT where it applies."), SMALL, GREY)


if TYPE_CHECKING:
    from fpdf import FPDF

_CREDIT_NOTE_WIDTHS = (114, 22, 30)  # what, pieces, together


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


def get_credit_note(token: UUID, number: int) -> CreditNote | None:
    """Return the credit note with this number of the order with this token, or None."""
    order = orders_by_token(token).select_related("billing_address").first()
    refund = Refund.objects.filter(order=order, number=number).first() if order else None
    if order is None or refund is None or refund.booked_at is None:
        return None
    buyer = postal_address(order.billing_address)
    lines = refund.lines.select_related("line")
    return CreditNote(
        number=refund.credit_note,
        order_number=str(order.pk),
        at=refund.booked_at,
        seller=seller_lines(),
        buyer=buyer.lines if buyer else (),
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
        return _("%(part)s (it did not arrive)") % {"part": label}, zero_money(part.currency)
    return label, part.amount
