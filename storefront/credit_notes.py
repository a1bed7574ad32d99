"""A credit note: what went back of an order, for which pieces, and to where; and its PDF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _
from prices import Money
from saleor.core.taxes import zero_money
from saleor.order.models import OrderLine

from plugins.ordering.models import Refund, RefundLine, RefundPart, RefundStatus
from product_content.languages import translated_text
from product_content.money import format_money
from storefront.addresses import postal_address
from storefront.orders import orders_by_token
from storefront.pdf_pages import GREY, TITLE, Row, day_of, new_pdf, write, write_rows, write_table
from storefront.receipts import seller_lines

if TYPE_CHECKING:
    from fpdf import FPDF

_WIDTHS = (114, 22, 30)  # what, pieces, together


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
    _head(pdf, note)
    if note.lines:
        headings = (_("What"), _("Pieces"), _("Together"))
        rows = ((name, str(pieces), format_money(amount)) for name, pieces, amount in note.lines)
        write_table(pdf, headings, rows, _WIDTHS)
    write_rows(pdf, note.sums)
    write_rows(pdf, note.parts)
    write_rows(pdf, [(_("Given back"), note.total)])
    return bytes(pdf.output())


def _head(pdf: FPDF, note: CreditNote) -> None:
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
    line: OrderLine = row.line
    name = translated_text(line.product_name)
    if line.variant_name not in {"", line.product_sku}:
        name = f"{name}, {translated_text(line.variant_name)}"
    return name, row.pieces, Money(row.amount_value, currency)


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
