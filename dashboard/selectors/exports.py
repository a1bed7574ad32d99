"""The long lists that accountants ask for, a row at a time: orders, lines, payments and so on.

Nobody's name, address or e-mail is in them. Each is one statement read through a cursor on the
server, so all its rows are of one moment, and memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from saleor.giftcard.models import GiftCard
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine

from dashboard.roles import VIEW_REPORTS
from dashboard.selectors.books import (
    AMOUNT,
    CURRENCY,
    Column,
    Period,
    Report,
    Rows,
    captures_in,
    credits_in,
    exact,
    line_paid,
    provider_name,
)
from dashboard.selectors.reports import SUMMARIES
from dashboard.selectors.stock import GOODS
from plugins.ordering.models import Refund, RefundPart, RefundStatus
from plugins.ordering.totals import CARD_DIGITS, option_name
from plugins.taxes.models import CreditTax, OrderTax
from product_content.languages import translated_text

_CHUNK = 2_000  # rows that are fetched at a time
_NOTHING = Decimal("0.00")
_STATUS = dict(OrderStatus.CHOICES)


def _fetched(rows: QuerySet[Any], *names: str) -> Iterator[tuple[Any, ...]]:
    return rows.values_list(*names).iterator(chunk_size=_CHUNK)


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def _invoice(number: int | None) -> str:
    return f"INV-{number:05d}" if number else ""


def _sum_of(rows: QuerySet[Any], group: str, what: Any) -> Coalesce:
    totals = rows.order_by().values(group).annotate(sum=Sum(what, output_field=AMOUNT))
    return Coalesce(Subquery(totals.values("sum")), _NOTHING, output_field=AMOUNT)


def _orders(period: Period) -> Rows:
    refunds = Refund.objects.filter(order=OuterRef("pk"), number__isnull=False)
    orders = Order.objects.filter(**period.holds("created")).exclude(status=OrderStatus.DRAFT)
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    rows = orders.order_by("pk").annotate(
        goods=_sum_of(lines, "order", F("unit_price_gross_amount") * F("quantity")),
        vat=_sum_of(OrderTax.objects.filter(order=OuterRef("pk")), "order", "tax_value"),
        back=_sum_of(refunds.exclude(state=RefundStatus.FAILED), "order", "amount_value"),
    )
    found = _fetched(
        rows, "pk", "created", "status", "tax_invoice__number", "tax_invoice__issued_at",
        "shipping_address__country", "shipping_method_name", "voucher__code", "currency", "goods",
        "discount_amount", "shipping_price_gross_amount", "total_gross_amount", "vat", "back",
    )  # fmt: skip
    for pk, at, status, number, issued, country, method, code, currency, *amounts in found:
        goods, discount, delivery, due, vat, back = amounts
        total = max(goods - discount + delivery, _NOTHING)
        yield (
            pk, _moment(at), _STATUS.get(status, status), _invoice(number), _moment(issued),
            country or "", translated_text(method or ""), code or "", currency, exact(goods),
            exact(discount), exact(delivery), exact(total), exact(vat), exact(total - due),
            exact(due), exact(back),
        )  # fmt: skip


_ORDER = Column("order", "The order’s number")
_PLACED = Column("placed", "When it was placed, in the shop’s time zone")
_INVOICE = Column("invoice", "The invoice’s number; empty before it is paid")
_ISSUED = Column("invoiced", "When the invoice was issued: the moment of the payment")
_COUNTRY = Column("country", "Where the parcel goes, as two letters")

ORDERS = Report(
    "orders",
    "Orders",
    "Placed in the period, whatever became of them.",
    (
        _ORDER,
        _PLACED,
        Column("status", "What became of it"),
        _INVOICE,
        _ISSUED,
        _COUNTRY,
        Column("delivery_method", "Its name when the order was placed"),
        Column("voucher", "The code, if one was used and is still there"),
        CURRENCY,
        Column("goods", "All pieces, in the sales of that day, with VAT"),
        Column("discount", "What the code took off, goods and delivery"),
        Column("delivery", "Price of the delivery, before the code"),
        Column("total", "Goods less discount with delivery"),
        Column("vat", "What of the total is VAT"),
        Column("gift_cards", "What of the total gift cards paid"),
        Column("to_pay", "What was left to pay"),
        Column("credited", "What credit notes gave back so far"),
    ),
    _orders,
)


def _lines(period: Period) -> Rows:
    rows = OrderLine.objects.filter(**period.holds("order__tax_invoice__issued_at"))
    found = _fetched(
        rows.order_by("order__tax_invoice__issued_at", "pk").annotate(paid=line_paid()),
        "order_id", "order__tax_invoice__issued_at", "order__tax_invoice__number", "product_sku",
        "product_name", "variant_name", "quantity", "vat__country", "vat__percent", "currency",
        "unit_price_gross_amount", "discount__amount_value", "paid", "vat__net_value",
        "vat__tax_value",
    )  # fmt: skip
    for pk, at, number, sku, name, option, pieces, country, percent, currency, *amounts in found:
        each, off, paid, net, tax = amounts
        yield (
            pk, _moment(at), _invoice(number), sku, translated_text(name), option_name(option, sku),
            pieces, country or "", "" if percent is None else f"{percent.normalize():f}", currency,
            exact(each), exact(off), exact(paid), "" if net is None else exact(net),
            "" if tax is None else exact(tax),
        )  # fmt: skip


LINES = Report(
    "lines",
    "Order lines",
    "Of the orders whose invoice was issued in the period, as “Sales by product” sums them up.",
    (
        _ORDER,
        _ISSUED,
        _INVOICE,
        Column("sku", "As it stood on the order"),
        Column("product", "As it stood on the order"),
        Column("option", "What was chosen of it, such as the size"),
        Column("pieces", "How many"),
        _COUNTRY,
        Column("vat_rate", "Per cent; empty where the shop computed none"),
        CURRENCY,
        Column("each", "Price of one piece, with VAT"),
        Column("discount", "What a code took off the line"),
        Column("paid", "Pieces times price, less the discount"),
        Column("net", "What of “paid” is not VAT"),
        Column("vat", "What of “paid” is VAT"),
    ),
    _lines,
)


def _payments(period: Period) -> Rows:
    found = _fetched(
        captures_in(period).order_by("pk"),
        "payment__order_id", "created", "payment__gateway", "token", "currency", "amount",
    )  # fmt: skip
    for order, at, provider, reference, currency, amount in found:
        yield order or "", _moment(at), provider_name(provider), reference, currency, exact(amount)


PAYMENTS = Report(
    "payments",
    "Payments",
    "All money that came in in the period. What gift cards paid stands with the orders.",
    (
        _ORDER,
        Column("paid", "When it was recorded, in the shop’s time zone"),
        Column("provider", "Who took the money"),
        Column("reference", "The provider’s own number"),
        CURRENCY,
        Column("amount", "What came in"),
    ),
    _payments,
)


def _refunds(period: Period) -> Rows:
    parts = RefundPart.objects.filter(refund=OuterRef("pk")).exclude(state=RefundStatus.FAILED)
    taxes = CreditTax.objects.filter(refund=OuterRef("pk"))
    rows = credits_in(period).annotate(
        vat=_sum_of(taxes, "refund", "tax_value"),
        to_payments=_sum_of(parts.filter(payment__isnull=False), "refund", "amount_value"),
        to_cards=_sum_of(parts.filter(gift_card__isnull=False), "refund", "amount_value"),
    )
    found = _fetched(
        rows.order_by("booked_at", "pk"),
        "order_id", "booked_at", "number", "state", "currency", "amount_value", "vat",
        "delivery_value", "free_value", "to_payments", "to_cards",
    )  # fmt: skip
    for order, at, number, state, currency, *amounts in found:
        said = RefundStatus(state).label
        yield order, _moment(at), f"CN-{number:05d}", said, currency, *map(exact, amounts)


REFUNDS = Report(
    "refunds",
    "Refunds",
    "Booked in the period, each with its credit note. Those that failed as a whole are left out.",
    (
        _ORDER,
        Column("booked", "When it was booked, in the shop’s time zone"),
        Column("credit_note", "Its number"),
        Column("state", "How far it is"),
        CURRENCY,
        Column("amount", "What the credit note gives back"),
        Column("vat", "What of it is VAT"),
        Column("delivery", "What of it is for the delivery"),
        Column("free", "What of it is for nothing in particular; the rest is for pieces"),
        Column("to_payments", "What went back to payments; less where a part failed"),
        Column("to_gift_cards", "What went back to gift cards"),
    ),
    _refunds,
)


def _cards(period: Period) -> Rows:
    issued = Q(**period.holds("created"))
    cards = GiftCard.objects.filter(issued | Q(current_balance_amount__gt=0))
    found = _fetched(
        cards.order_by("created", "pk"),
        "code", "created", "is_active", "end_date", "last_used_on", "currency",
        "initial_balance_amount", "current_balance_amount",
    )  # fmt: skip
    for code, at, active, ends, used, currency, worth, left in found:
        is_new = period.begin <= at < period.end
        yield (
            f"…{code[-CARD_DIGITS:]}", _moment(at), "yes" if is_new else "no",
            "yes" if active else "no", ends.isoformat() if ends else "", _moment(used), currency,
            exact(worth), exact(left),
        )  # fmt: skip


CARDS = Report(
    "gift-cards",
    "Gift cards",
    "Issued in the period, or with something left on them. What is left is as of now.",
    (
        Column("card", "The last characters of its code"),
        Column("issued", "When, in the shop’s time zone"),
        Column("in_period", "Whether that is in the period"),
        Column("active", "Whether it can be used"),
        Column("expires", "Its last day, if it has one"),
        Column("last_used", "When something was last paid with it"),
        CURRENCY,
        Column("issued_value", "What it was worth when it was issued"),
        Column("left", "What is left on it now"),
    ),
    _cards,
    (VIEW_REPORTS, "giftcard.manage_gift_card"),
)

LISTS = (ORDERS, LINES, PAYMENTS, REFUNDS, CARDS)
SUMS = (*SUMMARIES, *GOODS)
REPORTS = {report.key: report for report in (*SUMS, *LISTS)}
