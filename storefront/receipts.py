"""A receipt: what stands on it, and its PDF on A4, laid out with fpdf2.

Figures of the layout are millimetres, type sizes points.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from saleor.order.models import Order
from saleor.site.models import SiteSettings

from plugins.discreet_shipping.label_layout import font_file
from plugins.ordering.totals import CardPayment, Totals
from product_content.money import format_money
from storefront.addresses import postal_address
from storefront.orders import get_order_page, paid_at
from storefront.types import OrderLineView, OrderPage


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
        seller=_seller(),
        buyer=buyer.lines if buyer else (),
        paid_at=paid_at(order),
    )


def _seller() -> tuple[str, ...]:
    """Return the shop's name, its address where staff gave one, and how to reach it."""
    site = SiteSettings.objects.select_related("company_address").get(site_id=settings.SITE_ID)
    address = postal_address(site.company_address)
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return (settings.SHOP_NAME, *(address.lines if address else ()), contact)


Row = tuple[str, Money]


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
    rows = [(_("Paid on %(day)s") % {"day": _day(receipt.paid_at)}, order.total)]
    back = [
        (_("Given back on %(day)s") % {"day": _day(refund.at)}, -1 * refund.amount)
        for refund in order.refund_entries
    ]
    kept = sum((amount for _label, amount in back), order.total)
    return [*rows, *back, (_("Paid in the end"), kept)] if back else rows


def _day(moment: datetime) -> str:
    """Return the day of a moment, as the active language writes it."""
    return date_format(timezone.localtime(moment), _("j F Y"))


if TYPE_CHECKING:
    from fpdf import FPDF

_MARGIN, _LINE = 22.0, 5.6
_TEXT, _SMALL, _TITLE = 10.0, 8.5, 22.0
_WIDTHS = (84, 22, 30, 30)  # what, pieces, each, together
_ALIGN = ("LEFT", "RIGHT", "RIGHT", "RIGHT")
_GREY, _BLACK = 110, 20


def receipt_pdf(receipt: Receipt) -> bytes:
    """Return the receipt as a PDF file, in the active language."""
    pdf = _new_pdf(_("Receipt %(number)s") % {"number": receipt.order.number})
    _head(pdf, receipt)
    _items(pdf, receipt.order.lines)
    _rows(pdf, _total_rows(receipt))
    _total(pdf, receipt)
    _rows(pdf, _payment_rows(receipt))
    _foot(pdf)
    return bytes(pdf.output())


def _new_pdf(title: str) -> FPDF:
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
    _write(pdf, _("Placed on %(day)s") % {"day": _day(order.placed_at)})
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
    return (name, str(line.quantity), format_money(line.unit_price), format_money(line.total))


def _rows(pdf: FPDF, rows: Iterable[Row]) -> None:
    for label, amount in rows:
        _row(pdf, label, format_money(amount))
    pdf.ln(3)


def _total(pdf: FPDF, receipt: Receipt) -> None:
    _row(pdf, _("Total"), format_money(receipt.order.total), size=_TEXT * 1.3)
    tax = receipt.order.totals.tax
    if tax.amount:
        _row(pdf, _("VAT in it"), format_money(tax), size=_SMALL)
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
