"""Receipts as neutral PDF pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _
from saleor.order.models import Order

from plugins.discreet_shipping.papers import (
    GREY,
    SMALL,
    TEXT,
    TITLE,
    Paper,
    Row,
    credit_note_file,
    day_of,
    invoice_file,
    new_pdf,
    untaxed_words,
    write,
    write_row,
    write_rows,
    write_table,
)
from plugins.ordering.invoices import computes_vat, seller_lines
from plugins.ordering.links import orders_by_token
from plugins.ordering.totals import CardPayment, Totals
from product_content.money import format_money, zero
from storefront.addresses import postal_address
from storefront.orders import get_order_page, paid_at
from storefront.types import OrderLineView, OrderPage

if TYPE_CHECKING:
    from fpdf import FPDF


@dataclass(frozen=True, slots=True)
class Receipt:
    """A paid order with who sold it and who bought it, line by line.

    The tax within its total is zero where the shop computed none.
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


def credit_note_of(token: UUID, number: int) -> Paper | None:
    """Return this credit note of the order with this token, in the active language, or None."""
    order = orders_by_token(token).select_related("billing_address").first()
    return credit_note_file(order, number) if order else None


def invoice_of_token(token: UUID, *, neutral: bool) -> Paper | None:
    """Return the invoice of the order with this token, or None; `neutral` names no goods."""
    order = orders_by_token(token).first()
    return invoice_file(order, neutral=neutral) if order else None


def _total_rows(receipt: Receipt) -> list[Row]:
    """Return the rows from the items to the total; what is zero is left out."""
    totals = receipt.order.totals
    rows = [
        (_("Items"), totals.subtotal),
        *((one.name, -1 * one.amount) for one in totals.discounts),
        (_delivery_label(totals), totals.delivery),
    ]
    return [(label, amount) for label, amount in rows if amount and amount.amount]


def _delivery_label(totals: Totals) -> str:
    delivery = _("Delivery")
    return f"{delivery}: {totals.delivery_name}" if totals.delivery_name else delivery


def _card_label(card: CardPayment) -> str:
    label = _("Gift card")
    return f"{label} …{card.code_end}" if card.code_end else label


def _payment_rows(receipt: Receipt) -> list[Row]:
    """Return what gift cards and the payment paid, what went back to either, and what was kept."""
    order = receipt.order
    cards = [(_card_label(card), card.amount) for card in order.totals.gift_cards]
    paid = (_("Paid on %(day)s") % {"day": day_of(receipt.paid_at)}, order.total)
    back = [
        (_("Given back on %(day)s") % {"day": day_of(refund.at)}, -1 * refund.amount)
        for refund in order.refund_entries
        if refund.amount.amount
    ]
    rows = [*cards, paid, *back, *_gift_card_rows(order)]
    kept = sum((amount for _label, amount in rows), zero(order.total.currency))
    return [*rows, *([(_("Paid in the end"), kept)] if order.refund_entries else [])]


def _gift_card_rows(order: OrderPage) -> list[Row]:
    """Return what went back to gift cards."""
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
    if receipt.order.gift_card and computes_vat():
        write(pdf, untaxed_words(), SMALL, GREY)
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
    totals = receipt.order.totals
    write_row(pdf, _("Total"), format_money(totals.total), size=TEXT * 1.3)
    tax = totals.tax
    if tax.amount:
        write_row(pdf, _("VAT in it"), format_money(tax), size=SMALL)
    pdf.ln(3)
