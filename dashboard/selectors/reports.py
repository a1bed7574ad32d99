"""The shop's figures of a period: what was sold, taken, given back, and the VAT in it.

Pages and exports print the same rows, which come from here. The period of a sale is the day of its
invoice, that of a refund the day on which it was booked, as in the VAT return: so what a past month
says never changes, unless a refund of it fails later. Each report takes a fixed number of
statements that indexes bound to the period; there is no table of sums that could go wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncDate
from django_countries import countries

from dashboard.roles import VIEW_REPORTS
from dashboard.selectors.books import (
    AMOUNT,
    CURRENCY,
    Column,
    Period,
    Report,
    Rows,
    captures_in,
    credited_lines,
    exact,
    invoices_in,
    line_paid,
    lines_paid,
    parts_back_in,
    provider_name,
    sales_credits_in,
    sold_lines,
)
from plugins.ordering.invoices import vat_totals
from plugins.ordering.sold_cards import gift_card_books
from plugins.ordering.totals import option_name
from plugins.taxes.models import CreditTax
from product_content.languages import translated_text


class _Sums:
    """Adds up the columns of rows under a key, whichever statement they came from."""

    def __init__(self, width: int) -> None:
        self._sums: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0] * width)

    def add(self, key: tuple[Any, ...], first: int, *values: Any) -> None:
        """Add the values to the columns from the `first` on."""
        sums = self._sums[key]
        for place, value in enumerate(values, first):
            sums[place] += value or 0

    def rows(self) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
        return iter(sorted(self._sums.items(), key=lambda one: [str(part) for part in one[0]]))


def _sales_by_day(period: Period) -> Rows:
    sums = _Sums(7)
    sold = invoices_in(period).annotate(day=TruncDate("issued_at")).values("day", "currency")
    for row in sold.annotate(n=Count("pk"), t=Sum("total"), v=Sum("tax"), g=Sum("gift_cards")):
        key = (row["day"], row["currency"])
        sums.add(key, 0, row["n"], row["t"], row["v"], row["g"])
    back = sales_credits_in(period).annotate(day=TruncDate("booked_at")).values("day", "currency")
    for credit in back.annotate(n=Count("pk"), t=Sum("amount_value")):
        sums.add((credit["day"], credit["currency"]), 4, credit["n"], credit["t"])
    for row in _credited_tax(period):
        sums.add((row["day"], row["refund__currency"]), 6, row["v"])
    for (day, currency), (orders, total, tax, cards, notes, back_, back_tax) in sums.rows():
        yield (
            day, currency, orders, exact(total), exact(tax), exact(cards), notes, exact(back_),
            exact(back_tax), exact(total - back_), exact(tax - back_tax),
        )  # fmt: skip


def _credited_tax(period: Period) -> Any:
    rows = CreditTax.objects.filter(refund__in=sales_credits_in(period)).order_by()
    days = rows.annotate(day=TruncDate("refund__booked_at"))
    return days.values("day", "refund__currency").annotate(v=Sum("tax_value"))


BY_DAY = Report(
    "days",
    "Sales by day",
    "Invoices of each day, less its credit notes. Days without either are left out. A gift card "
    "that was bought is no sale before it is spent: it stands under gift cards.",
    (
        Column("day", "Day, in the shop’s time zone"),
        CURRENCY,
        Column("orders", "Orders that were paid, so got an invoice"),
        Column("sold", "Their total with delivery and VAT, less codes, before gift cards"),
        Column("vat_sold", "What of “sold” is VAT"),
        Column("by_gift_card", "What of “sold” was paid by gift cards"),
        Column("credit_notes", "Refunds that were booked"),
        Column("credited", "What these gave back, to payments and gift cards"),
        Column("vat_credited", "What of “credited” is VAT"),
        Column("net_sales", "Sold less credited, with VAT"),
        Column("vat", "VAT that is due on it"),
    ),
    _sales_by_day,
)


class DayTotals(NamedTuple):
    """The sums of a period in one currency, as its days have them."""

    currency: str
    orders: int
    sold: Decimal
    credited: Decimal
    net_sales: Decimal
    vat: Decimal


def day_totals(rows: Rows) -> list[DayTotals]:
    """Return the sums of rows of `BY_DAY`, by currency."""
    sums = _Sums(5)
    for _day, currency, orders, sold, _tax, _cards, _notes, back, _back_tax, net, vat in rows:
        sums.add((currency,), 0, orders, sold, back, net, vat)
    return [DayTotals(*key, *figures) for key, figures in sums.rows()]


def _vat(period: Period) -> Rows:
    for row in vat_totals(period.first, period.last):
        name = countries.name(row.country) or row.country
        percent = f"{row.percent.normalize():f}"
        yield (
            row.country, name, percent, row.currency, exact(row.net), exact(row.tax),
            exact(row.gross),
        )  # fmt: skip


VAT = Report(
    "vat",
    "VAT by country and rate",
    "What was invoiced less what was credited, as stored with each order. "
    "Orders that were placed while the shop had no VAT number are not in it.",
    (
        Column("country", "Where the parcels went, as two letters"),
        Column("country_name", "Its name"),
        Column("rate", "Per cent"),
        CURRENCY,
        Column("net", "Without VAT"),
        Column("vat", "The VAT"),
        Column("gross", "Both together"),
    ),
    _vat,
)

_SALES = (
    CURRENCY,
    Column("pieces", "Pieces on invoices of the period"),
    Column("sold", "What was paid for them with VAT, less sales and codes"),
    Column("pieces_back", "Pieces on credit notes of the period"),
    Column("credited", "What was given back for them"),
    Column("net_sales", "Sold less credited"),
)
_REST = "Delivery and refunds for no piece in particular"


def _by_piece(period: Period, *names: str) -> Rows:
    """Return the sales of lines by these fields; the last rows make it add up to all sales."""
    sums = _Sums(4)
    sold = sold_lines(period).values("currency", *names)
    for row in sold.annotate(n=Sum("quantity"), paid=Sum(line_paid(), output_field=AMOUNT)):
        sums.add((*(row[name] for name in names), row["currency"]), 0, row["n"], row["paid"])
    back = credited_lines(period).values("refund__currency", *(f"line__{name}" for name in names))
    for row in back.annotate(n=Sum("pieces"), paid=Sum("amount_value")):
        key = (*(row[f"line__{name}"] for name in names), row["refund__currency"])
        sums.add(key, 2, row["n"], row["paid"])
    for key, (pieces, paid, back_pieces, given) in sums.rows():
        yield (*key, pieces, exact(paid), back_pieces, exact(given), exact(paid - given))


def _with_rest(period: Period, rows: Rows, *blank: str) -> Rows:
    """Yield the rows, then by currency what of all sales and credits is in none of them."""
    rest = _Sums(2)
    for known in rows:
        yield known
        currency, _pieces, sold, _back, given, _net = known[-6:]
        rest.add((currency,), 0, -sold, -given)
    for row in invoices_in(period).values("currency").annotate(t=Sum("total")):
        rest.add((row["currency"],), 0, row["t"])
    for row in sales_credits_in(period).values("currency").annotate(t=Sum("amount_value")):
        rest.add((row["currency"],), 1, row["t"])
    for (currency,), (sold, given) in rest.rows():
        if sold or given:
            figures = ("", exact(sold), "", exact(given), exact(sold - given))
            yield (_REST, *blank, currency, *figures)


def _by_product(period: Period) -> Rows:
    rows = _by_piece(period, "product_name", "variant_name", "product_sku")
    named = (
        (translated_text(name), option_name(of, sku), sku, *rest) for name, of, sku, *rest in rows
    )
    return _with_rest(period, named, "", "")


BY_PRODUCT = Report(
    "products",
    "Sales by product",
    "By the names and SKUs that stood on the orders.",
    (
        Column("product", "Its name"),
        Column("option", "What was chosen of it, such as the size"),
        Column("sku", "Its SKU"),
        *_SALES,
    ),
    _by_product,
)


def _by_size(period: Period) -> Rows:
    rows = _by_piece(period, "variant__single_size__size__number")
    sizes = sorted(rows, key=lambda row: (row[0] is None, row[0] or 0))
    named = ((f"Size {size}" if size else "Sets and care", *rest) for size, *rest in sizes)
    return _with_rest(period, named)


BY_SIZE = Report(
    "sizes",
    "Sales by size",
    "Singles by the size that they have in the catalogue now; all else stands together.",
    (Column("size", "Number of the size"), *_SALES),
    _by_size,
)


def _by_voucher(period: Period) -> Rows:
    names = ("order__voucher__code", "order__discount_name", "currency")
    rows = invoices_in(period).filter(discount__gt=0).values(*names)
    sums = _Sums(3)
    for row in rows.annotate(n=Count("pk"), off=Sum("discount"), t=Sum("total")):
        code = row["order__voucher__code"] or row["order__discount_name"] or "(deleted since)"
        sums.add((code, row["currency"]), 0, row["n"], row["off"], row["t"])
    for (code, currency), (number, off, total) in sums.rows():
        yield code, currency, number, exact(off), exact(total)


BY_VOUCHER = Report(
    "vouchers",
    "Sales by voucher",
    "Orders on which a code took something off, or what else did: an exchange pays for goods too.",
    (
        Column("code", "The voucher’s code as it is now; else what the order calls it"),
        CURRENCY,
        Column("orders", "Invoices on which it counted"),
        Column("discount", "What it took off, goods and delivery"),
        Column("sold", "Total of these orders, less the discount"),
    ),
    _by_voucher,
)


def _by_delivery(period: Period) -> Rows:
    rows = invoices_in(period).annotate(delivery=F("total") - lines_paid("order"))
    found = rows.values("order__shipping_method_name", "currency").annotate(
        n=Count("pk"), paid=Sum("delivery"), t=Sum("total")
    )
    for row in found.order_by("order__shipping_method_name", "currency"):
        name = translated_text(row["order__shipping_method_name"] or "") or "None"
        yield name, row["currency"], row["n"], exact(row["paid"]), exact(row["t"])


BY_DELIVERY = Report(
    "delivery",
    "Sales by delivery method",
    "By the name that the method had when the order was placed.",
    (
        Column("method", "Delivery method"),
        CURRENCY,
        Column("orders", "Invoices"),
        Column("delivery", "What was paid for the delivery, less codes"),
        Column("sold", "Total of these orders"),
    ),
    _by_delivery,
)


def _money(period: Period) -> Rows:
    sums = _Sums(4)
    for row in (
        captures_in(period)
        .values("payment__gateway", "currency")
        .annotate(n=Count("pk"), t=Sum("amount"))
    ):
        sums.add((provider_name(row["payment__gateway"]), row["currency"]), 0, row["n"], row["t"])
    cards = invoices_in(period).filter(gift_cards__gt=0).values("currency")
    for row in cards.annotate(n=Count("pk"), t=Sum("gift_cards")):
        sums.add((provider_name(None), row["currency"]), 0, row["n"], row["t"])
    back = parts_back_in(period).values("payment__gateway", "currency")
    for row in back.annotate(n=Count("pk"), t=Sum("amount_value")):
        key = (provider_name(row["payment__gateway"]), row["currency"])
        sums.add(key, 2, row["n"], row["t"])
    for (way, currency), (number, taken, refunds, given) in sums.rows():
        yield way, currency, number, exact(taken), refunds, exact(given), exact(taken - given)


MONEY = Report(
    "money",
    "Money by payment method",
    "Payments by the moment they came in, also those that fitted no order and went back.",
    (
        Column("method", "The payment provider, or gift cards"),
        CURRENCY,
        Column("payments", "How many"),
        Column("taken", "What came in; of gift cards, what they paid"),
        Column("refunds", "Parts of refunds to it"),
        Column("given_back", "What these gave back; failed ones are left out"),
        Column("left", "Taken less given back"),
    ),
    _money,
)


def _card_totals(period: Period) -> Rows:
    for row in gift_card_books(period.last, period.first):
        yield (
            row.currency, "sold" if row.sold else "issued by staff", exact(row.opening),
            exact(row.issued), exact(row.redeemed), exact(row.refunded), exact(row.outstanding),
        )  # fmt: skip


CARD_TOTALS = Report(
    "gift-card-totals",
    "Gift cards issued and outstanding",
    "From the book of all that changed a card. Stopped and expired cards count as long as "
    "something is left on them; an order that waits for its payment has spent already.",
    (
        CURRENCY,
        Column("cards", "Sold ones, or those that staff issued"),
        Column("opening", "What was still to be spent when the period began"),
        Column("issued", "What the cards issued in it were worth"),
        Column("spent", "What orders paid with, less what they gave back to cards"),
        Column("refunded", "What went back to buyers of cards, for the cards themselves"),
        Column("outstanding", "What is still to be spent at the end: of sold cards, money owed"),
    ),
    _card_totals,
    (VIEW_REPORTS, "giftcard.manage_gift_card"),
)

SUMMARIES = (
    BY_DAY, VAT, MONEY, BY_PRODUCT, BY_SIZE, BY_VOUCHER, BY_DELIVERY, CARD_TOTALS,
)  # fmt: skip
