"""Compare the shop's money with a file of Stripe's: what each knows, and what it cost.

The file is Stripe's itemized report "Payout reconciliation" (or "Balance change from activity",
which has the same columns), taken as CSV from the Dashboard. Its columns are listed at
https://docs.stripe.com/reports/report-types/payout-reconciliation: amounts are in major units of
`currency`, the currency that is paid out; `customer_facing_amount` is what the customer paid,
where that was another one; `reporting_category` is one of those at
https://docs.stripe.com/reports/reporting-categories. Nothing of the file is kept, and nothing
is written to orders.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from saleor.payment import TransactionKind
from saleor.payment.models import Transaction

from plugins.ordering.models import Dispute, DisputeState, RefundPart, RefundStatus
from plugins.stripe_payments.policies import PROVIDER
from product_content.money import in_decimals
from product_content.tables import Limits, Table, TableRefused, read_csv

LIMITS = Limits(bytes=20 * 1024 * 1024, rows=50_000, cells=2_500_000)
MAX_PROBLEMS = 20
COLUMNS = (
    "balance_transaction_id", "currency", "gross", "fee", "net", "reporting_category", "source_id",
    "payment_intent_id",
)  # fmt: skip
_CREATED = ("created_utc", "created")  # the first that is there
_SHOWN = ("customer_facing_amount", "customer_facing_currency")  # need not be there
_NOTHING = Decimal("0.00")
_AT_ONCE = 10_000  # ids in one statement

PAYMENT, REFUND, DISPUTE = "Payment", "Refund", "Dispute"
# Which of our tables knows what; every other category concerns no order.
_KINDS = {
    "charge": PAYMENT,
    "refund": REFUND,
    "refund_failure": REFUND,
    "dispute": DISPUTE,
    "dispute_reversal": DISPUTE,
}


class PayoutsRefused(Exception):  # noqa: N818  an answer, not a failure
    """The file was not read; `problems` name row and column of each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Entry(NamedTuple):
    """One row of the file: amounts as they are paid out, and `paid` as the customer saw it."""

    row: int
    kind: str
    category: str
    reference: str
    currency: str
    gross: Decimal
    fee: Decimal
    net: Decimal
    paid: Decimal
    paid_currency: str
    at: datetime


class Ours(NamedTuple):
    """What the shop's books say of one payment, refund or dispute; refunds are below zero."""

    order: int | None
    amount: Decimal
    currency: str


class Difference(NamedTuple):
    """One thing on which file and books do not agree; an amount that is not there is None."""

    kind: str
    reference: str
    order: int | None
    row: int | None
    theirs: Decimal | None
    ours: Decimal | None
    currency: str

    @property
    def figures(self) -> tuple[Decimal | str, Decimal | str]:
        """Both amounts with the decimals of their currency, "-" where there is none."""
        theirs, ours = (
            "-" if amount is None else in_decimals(amount, self.currency)
            for amount in (self.theirs, self.ours)
        )
        return theirs, ours


@dataclass
class CurrencySums:
    """What the file says in one currency; net is what moves the bank account."""

    gross: Decimal = _NOTHING
    fee: Decimal = _NOTHING
    net: Decimal = _NOTHING

    def add(self, entry: Entry) -> None:
        """Add a row."""
        self.gross += entry.gross
        self.fee += entry.fee
        self.net += entry.net


@dataclass
class Comparison:
    """What came of it. `sums` are by category and currency, `matched` counts by kind."""

    rows: int
    begin: datetime
    end: datetime
    matched: dict[str, int] = field(default_factory=dict)
    sums: dict[tuple[str, str], CurrencySums] = field(default_factory=dict)
    differing: list[Difference] = field(default_factory=list)
    missing_here: list[Difference] = field(default_factory=list)
    missing_there: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Say whether there is nothing to look at."""
        return not (self.differing or self.missing_here or self.missing_there)


def compare(content: bytes) -> Comparison:
    """Return how a file of Stripe's and our books agree; raises PayoutsRefused."""
    entries = _read(content)
    moments = [entry.at for entry in entries if entry.kind] or [entry.at for entry in entries]
    found = Comparison(len(entries), min(moments), max(moments))
    for entry in entries:
        key = (entry.category, entry.currency)
        found.sums.setdefault(key, CurrencySums()).add(entry)
    found.sums = dict(sorted(found.sums.items()))
    for kind, books in _BOOKS.items():
        _compare_kind(found, kind, books, _theirs(entries, kind))
    return found


def _theirs(entries: Iterable[Entry], kind: str) -> dict[str, list[Entry]]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind == kind:
            found[entry.reference].append(entry)
    return dict(found)


def _compare_kind(
    found: Comparison, kind: str, books: type[_Books], theirs: Mapping[str, list[Entry]]
) -> None:
    ours = books.named(theirs)
    for reference, entries in theirs.items():
        known, first = ours.get(reference), entries[0]
        amount = sum((entry.paid for entry in entries), _NOTHING)
        said = Difference(
            kind, reference, known and known.order, first.row, amount,
            known and known.amount, first.paid_currency,
        )  # fmt: skip
        if known is None:
            found.missing_here.append(said)
        elif (known.amount, known.currency) != (amount, first.paid_currency):
            found.differing.append(said)
        else:
            found.matched[kind] = found.matched.get(kind, 0) + 1
    between = books.between(found.begin, found.end)
    found.missing_there += [
        Difference(kind, reference, one.order, None, None, one.amount, one.currency)
        for reference, one in between.items()
        if reference not in theirs and one.amount
    ]


class _Books:
    """What our tables know of one kind of money."""

    @classmethod
    def named(cls, references: Iterable[str]) -> dict[str, Ours]:
        """Return what is known of these references of Stripe's."""
        wanted = list(references)
        found: dict[str, Ours] = {}
        for begin in range(0, len(wanted), _AT_ONCE):
            found |= cls.rows({f"{cls.reference}__in": wanted[begin : begin + _AT_ONCE]})
        return found

    @classmethod
    def between(cls, begin: datetime, end: datetime) -> dict[str, Ours]:
        """Return what happened in these times, both counted."""
        return cls.rows({f"{cls.moment}__range": (begin, end)})

    reference: str
    moment: str

    @classmethod
    def rows(cls, which: Mapping[str, object]) -> dict[str, Ours]:
        """Return what the filter finds, by reference."""
        raise NotImplementedError


class _Payments(_Books):
    reference, moment = "token", "created"

    @classmethod
    def rows(cls, which: Mapping[str, object]) -> dict[str, Ours]:
        captured = Transaction.objects.filter(
            kind=TransactionKind.CAPTURE, is_success=True, payment__gateway=PROVIDER, **which
        ).order_by("pk")
        found = captured.values_list("token", "payment__order_id", "amount", "currency")
        return {token: Ours(*rest) for token, *rest in found}


class _Refunds(_Books):
    reference, moment = "reference", "refund__booked_at"

    @classmethod
    def rows(cls, which: Mapping[str, object]) -> dict[str, Ours]:
        parts = RefundPart.objects.filter(payment__gateway=PROVIDER, **which).exclude(reference="")
        found = parts.values_list(
            "reference", "refund__order_id", "amount_value", "currency", "state"
        )
        return {
            reference: Ours(
                order, _NOTHING if state == RefundStatus.FAILED else -amount, currency
            )
            for reference, order, amount, currency, state in found
        }  # fmt: skip


class _Disputes(_Books):
    reference, moment = "reference", "created_at"

    @classmethod
    def rows(cls, which: Mapping[str, object]) -> dict[str, Ours]:
        found = Dispute.objects.filter(payment__gateway=PROVIDER, **which).values_list(
            "reference", "payment__order_id", "amount_value", "currency", "state"
        )
        return {
            reference: Ours(order, _NOTHING if state == DisputeState.WON else -amount, currency)
            for reference, order, amount, currency, state in found
        }


_BOOKS: Mapping[str, type[_Books]] = {PAYMENT: _Payments, REFUND: _Refunds, DISPUTE: _Disputes}


def _read(content: bytes) -> list[Entry]:
    try:
        table = read_csv(content, LIMITS)
    except TableRefused as refused:
        raise PayoutsRefused([str(refused)]) from refused
    _check_headings(table)
    entries: list[Entry] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, row in zip(table.numbers, table.rows, strict=True):
        cells = dict(zip(table.headings, row, strict=True))
        try:
            _refuse_twice(number, cells["balance_transaction_id"], seen)
            entries.append(_entry(number, cells))
        except _CellWrong as wrong:
            problems.append(f"Row {number}, {wrong}")
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise PayoutsRefused(problems)
    if not entries:
        raise PayoutsRefused(["There is no row below the headings."])
    return entries


def _check_headings(table: Table) -> None:
    missing = [name for name in COLUMNS if name not in table.headings]
    problems = [
        f"Row 1, {name}: this column is missing. Choose it when you take the report."
        for name in missing
    ]
    if not any(name in table.headings for name in _CREATED):
        problems.append("Row 1, created_utc: this column is missing.")
    if problems:
        raise PayoutsRefused(problems)


class _CellWrong(ValueError):  # noqa: N818  reads as what it is
    """An invalid cell; `str()` names the column and what is wrong."""


def _refuse_twice(number: int, reference: str, seen: dict[str, int]) -> None:
    if not reference:
        raise _CellWrong("balance_transaction_id: this cell is empty.")
    if reference in seen:
        raise _CellWrong(f"balance_transaction_id: the same as in row {seen[reference]}.")
    seen[reference] = number


def _entry(number: int, cells: Mapping[str, str]) -> Entry:
    category = cells["reporting_category"].strip().lower()
    kind = _KINDS.get(category, "")
    gross, currency = _amount(cells, "gross"), _currency(cells, "currency")
    return Entry(
        row=number,
        kind=kind,
        category=category or "-",
        reference=_reference(cells, kind),
        currency=currency,
        gross=gross,
        fee=_amount(cells, "fee"),
        net=_amount(cells, "net"),
        paid=_paid(cells, gross),
        paid_currency=_currency(cells, _SHOWN[1]) if _is_shown(cells) else currency,
        at=_moment(cells),
    )


def _is_shown(cells: Mapping[str, str]) -> bool:
    return all(cells.get(name, "").strip() for name in _SHOWN)


def _paid(cells: Mapping[str, str], gross: Decimal) -> Decimal:
    """Return what the customer paid or got back, with the sign of what moved here."""
    return _amount(cells, _SHOWN[0]).copy_abs().copy_sign(gross) if _is_shown(cells) else gross


def _reference(cells: Mapping[str, str], kind: str) -> str:
    column = "payment_intent_id" if kind == PAYMENT else "source_id"
    found = cells[column].strip()
    if kind and not found:
        raise _CellWrong(f"{column}: this cell is empty.")
    return found


_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,3})?")


def _amount(cells: Mapping[str, str], name: str) -> Decimal:
    text = cells[name].strip()
    if not _AMOUNT.fullmatch(text):
        raise _CellWrong(f"{name}: write an amount, such as 12.50.")
    return Decimal(text)


def _currency(cells: Mapping[str, str], name: str) -> str:
    code = cells[name].strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise _CellWrong(f"{name}: write a currency, such as gbp.")
    return code


def _moment(cells: Mapping[str, str]) -> datetime:
    name = next(name for name in _CREATED if name in cells)
    try:
        return datetime.fromisoformat(cells[name].strip()).replace(tzinfo=UTC)
    except ValueError as error:
        raise _CellWrong(f"{name}: write a time, such as 2026-11-30 09:15:00.") from error
