"""What of the books lies in a period: invoices, credit notes, payments and gift cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.formats import date_format
from django.utils.text import capfirst
from saleor.order.models import OrderLine
from saleor.payment import TransactionKind
from saleor.payment.models import Transaction

from dashboard.roles import VIEW_REPORTS
from plugins.ordering.models import Refund, RefundLine, RefundPart, RefundStatus
from plugins.ordering.paying import NOTHING_TO_PAY
from plugins.stripe_payments.policies import PROVIDER
from plugins.taxes.models import Invoice
from product_content.languages import midnight
from product_content.money import in_decimals

_NOTHING = Decimal("0.00")
AMOUNT = DecimalField(max_digits=14, decimal_places=3)


@dataclass(frozen=True, slots=True)
class Period:
    """Days in the shop's time zone; `first` and `last` both count."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """The midnight with which it begins."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The midnight before which it ends."""
        return midnight(self.last + timedelta(days=1))

    def holds(self, moment: str) -> dict[str, datetime]:
        """Return the filter of a queryset whose field `moment` lies in it."""
        return {f"{moment}__gte": self.begin, f"{moment}__lt": self.end}

    def __str__(self) -> str:
        return f"{self.first.isoformat()} to {self.last.isoformat()}"

    @property
    def query(self) -> str:
        """The period as the query string of a page."""
        return f"first={self.first.isoformat()}&last={self.last.isoformat()}"

    @property
    def words(self) -> str:
        """Both ends, exactly."""
        ends = [date_format(day, "l j F Y") for day in (self.first, self.last)]
        return (
            f"From {ends[0]}, 00:00, to the end of {ends[1]} (24:00). Both days count, "
            f"in the shop’s time zone, {settings.TIME_ZONE}."
        )


_INITIALS = {"vat": "VAT", "sku": "SKU"}


class Column(NamedTuple):
    """A column: its heading in files and on pages, and what it says."""

    name: str
    meaning: str

    @property
    def label(self) -> str:
        """The heading on a page."""
        words = (_INITIALS.get(word, word) for word in self.name.split("_"))
        return capfirst(" ".join(words))


CURRENCY = Column("currency", "Three letters; each currency has rows of its own")
Rows = Iterable[tuple[Any, ...]]


@dataclass(frozen=True)
class Report:
    """Rows of a period under described columns. `permissions` are all needed to see it.

    A cell that is a Decimal is an amount, in the currency that stands in the same row.
    """

    key: str
    title: str
    about: str
    columns: tuple[Column, ...]
    read: Callable[[Period], Rows]
    permissions: tuple[str, ...] = (VIEW_REPORTS,)

    @property
    def headings(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def rows(self, period: Period) -> Rows:
        """Yield its rows, each amount as its currency is written: no decimals of yen."""
        place = self.columns.index(CURRENCY)
        for row in self.read(period):
            yield tuple(
                in_decimals(cell, row[place]) if isinstance(cell, Decimal) else cell for cell in row
            )


def invoices_in(period: Period) -> Any:
    """Return the invoices of the sales of the period, with the sums that they say as numbers.

    `total` is before gift cards. A gift card that was bought is money owed, and a sale once it is
    spent: its own invoice is not among them.
    """
    sales = Invoice.objects.filter(**period.holds("issued_at"), order__gift_card_sale=None)
    return sales.order_by().annotate(
        currency=F("order__currency"),
        **{name: _said(name) for name in ("total", "tax", "discount", "gift_cards")},
    )  # fmt: skip


def _said(name: str) -> Cast:
    return Cast(KeyTextTransform(name, "content"), AMOUNT)


def credits_in(period: Period) -> QuerySet[Refund]:
    """Return the refunds booked in the period that have a credit note and did not fail."""
    rows = Refund.objects.filter(**period.holds("booked_at"), number__isnull=False)
    return rows.exclude(state=RefundStatus.FAILED).order_by()


def sales_credits_in(period: Period) -> QuerySet[Refund]:
    """Return those of sales: money that goes back for a gift card itself was never a sale."""
    return credits_in(period).filter(order__gift_card_sale=None)


def line_paid() -> Any:
    """Return the expression of what was paid for an order line, less what a code took off."""
    off = Coalesce("discount__amount_value", _NOTHING, output_field=AMOUNT)
    return F("unit_price_gross_amount") * F("quantity") - off


def lines_paid(of_order: str) -> Coalesce:
    """Return the expression of what was paid for all lines of the order `of_order` names."""
    lines = OrderLine.objects.filter(order=OuterRef(of_order)).order_by().values("order")
    total = lines.annotate(sum=Sum(line_paid(), output_field=AMOUNT)).values("sum")
    return Coalesce(Subquery(total), _NOTHING, output_field=AMOUNT)


def sold_lines(period: Period) -> QuerySet[OrderLine]:
    """Return the lines of the sales that were invoiced in the period."""
    lines = OrderLine.objects.filter(**period.holds("order__tax_invoice__issued_at"))
    return lines.filter(order__gift_card_sale=None).order_by()


def credited_lines(period: Period) -> QuerySet[RefundLine]:
    """Return the lines of the credit notes of the period, but for those of gift cards."""
    rows = RefundLine.objects.filter(**period.holds("refund__booked_at"))
    stands = rows.filter(refund__number__isnull=False, refund__order__gift_card_sale=None)
    return stands.exclude(refund__state=RefundStatus.FAILED).order_by()


def exact(amount: Any) -> Decimal:
    """Return an amount, 0 for None; `Report.rows` gives it the decimals of its currency."""
    return Decimal(amount or 0)


def provider_name(gateway: str | None) -> str:
    """Return what staff call a gateway of payments, None for gift cards; others by their key."""
    known = {PROVIDER: "Stripe", NOTHING_TO_PAY: "Nothing to pay", None: "Gift cards"}
    return known.get(gateway, str(gateway))


def captures_in(period: Period) -> QuerySet[Transaction]:
    """Return the payments that came in, whatever became of their orders."""
    return Transaction.objects.filter(
        **period.holds("created"), kind=TransactionKind.CAPTURE, is_success=True
    ).order_by()


def parts_back_in(period: Period) -> QuerySet[RefundPart]:
    """Return what refunds booked in the period give back, without what failed."""
    stands = (RefundStatus.PENDING, RefundStatus.SUCCEEDED)
    return RefundPart.objects.filter(
        **period.holds("refund__booked_at"), state__in=stands
    ).order_by()  # fmt: skip
