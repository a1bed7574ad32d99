"""Stripe's limits, units and states, as rules without side effects, and the values they judge.

The values are what passes between Stripe's SDK and the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from prices import Money

from plugins.ordering.payment_provider import RefundState, SessionState, statement_line
from product_content.decisions import ALLOWED, Decision, refused


@dataclass(frozen=True)
class NewSession:
    """A payment page to open. `amount` is in the currency's smallest unit, times are Unix."""

    key: str
    order_number: str
    amount: int
    currency: str
    success_url: str
    cancel_url: str
    expires_at: int
    statement_suffix: str
    methods: tuple[str, ...]  # ways to pay, by Stripe's names
    receipt_email: str = ""  # only where the customer asks for Stripe's own receipt


@dataclass(frozen=True)
class SessionData:
    """A Checkout Session as Stripe reports it. `key` is our key in its metadata."""

    reference: str
    url: str
    status: str
    payment_status: str
    amount: int
    currency: str
    order_number: str
    key: str
    intent: str
    intent_status: str
    failure: str


@dataclass(frozen=True)
class RefundData:
    """A refund as Stripe reports it; `key` is empty when it was not made by this shop."""

    reference: str
    intent: str
    amount: int
    currency: str
    status: str
    key: str


@dataclass(frozen=True)
class DisputeData:
    """A dispute (chargeback) as Stripe reports it."""

    reference: str
    intent: str
    amount: int
    currency: str
    status: str
    reason: str


@dataclass(frozen=True)
class EventData:
    """What a webhook is about: its kind and the id of an object, no more."""

    event_id: str
    kind: str
    object_id: str
    livemode: bool
    created: int


PROVIDER = "stripe"

# The version this plugin was written for; Stripe keeps old versions working. Moving it means
# reading https://docs.stripe.com/changelog and running the tests against the new one.
API_VERSION = "2026-10-28.endive"

SIGNATURE_TOLERANCE = 300  # seconds, https://docs.stripe.com/webhooks#verify-official-libraries
CONNECT_TIMEOUT, READ_TIMEOUT = 4.0, 12.0  # seconds; a customer is waiting
NETWORK_RETRIES = 2

# Amounts without hundredths: https://docs.stripe.com/currencies#zero-decimal. UGX and ISK have
# none either, but Stripe wants them with two zeros.
ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
# https://docs.stripe.com/currencies#three-decimal; Stripe wants the last digit to be 0
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in major units. For all
# others the minimum of the account's settlement currency counts, at a rate that only Stripe knows.
MIN_CHARGE = {
    "AED": Decimal("2.00"),
    "AUD": Decimal("0.50"),
    "BGN": Decimal("1.00"),
    "BRL": Decimal("0.50"),
    "CAD": Decimal("0.50"),
    "CHF": Decimal("0.50"),
    "CZK": Decimal("15.00"),
    "DKK": Decimal("2.50"),
    "EUR": Decimal("0.50"),
    "GBP": Decimal("0.30"),
    "HKD": Decimal("4.00"),
    "HUF": Decimal("175.00"),
    "INR": Decimal("0.50"),
    "JPY": Decimal(50),
    "MXN": Decimal("10.00"),
    "MYR": Decimal("2.00"),
    "NOK": Decimal("3.00"),
    "NZD": Decimal("0.50"),
    "PLN": Decimal("2.00"),
    "RON": Decimal("2.00"),
    "SEK": Decimal("3.00"),
    "SGD": Decimal("0.50"),
    "THB": Decimal("10.00"),
    "USD": Decimal("0.50"),
}
# In use somewhere, and not on https://docs.stripe.com/currencies#presentment-currencies.
NOT_TAKEN = frozenset(
    "BTN CUP ERN GHS IQD IRR KPW LYD MRU SDG SSP STN SYP TMT VES ZWG".split()  # noqa: SIM905
)

# https://docs.stripe.com/get-started/account/statement-descriptors
MIN_LINE, MAX_LINE = 5, 22  # characters of the whole line
MIN_PREFIX, MAX_PREFIX = 2, 10
FORBIDDEN_ON_LINE = "<>\\'\"*"

# The reservation lasts this much longer than Stripe's page, so that a payment made in its last
# second still finds its order held.
EXPIRY_MARGIN = 60  # seconds

RETURN_LINK_HOURS = 24  # how long the way back from Stripe leads to the order page


def to_smallest_unit(amount: Money) -> int:
    """Return the amount as Stripe counts it (pence, cents, yen), exactly.

    Raises ValueError for an amount that the currency's smallest unit cannot express.
    """
    scaled = amount.amount.scaleb(_digits(amount.currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount.amount} {amount.currency} has parts of the smallest unit")
    number = int(scaled)
    if number % _step(amount.currency):
        raise ValueError(f"{amount.amount} {amount.currency} cannot be charged by Stripe")
    return number


def from_smallest_unit(number: int, currency: str) -> Money:
    """Return Stripe's figure as money; Stripe writes currencies in lower case."""
    code = currency.upper()
    return Money(Decimal(number).scaleb(-_digits(code)), code)


def _digits(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def _step(currency: str) -> int:
    if currency in WHOLE_UNITS_ONLY:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def line_allowed(prefix: str, suffix: str) -> Decision:
    """Say whether Stripe takes these for card statements; the reason is for operators.

    The line is the prefix, `* ` and the suffix.
    """
    for name, text in (("STRIPE_STATEMENT_PREFIX", prefix), ("STRIPE_STATEMENT_SUFFIX", suffix)):
        allowed, reason = _text_allowed(text)
        if not allowed:
            return refused(f"{name} {reason}")
    if not MIN_PREFIX <= len(prefix) <= MAX_PREFIX:
        return refused(f"STRIPE_STATEMENT_PREFIX must have {MIN_PREFIX} to {MAX_PREFIX} characters")
    line = statement_line(prefix, suffix)
    if not MIN_LINE <= len(line) <= MAX_LINE:
        return refused(
            f"The line “{line}” has {len(line)} characters; it must have {MIN_LINE} to {MAX_LINE}"
        )
    return ALLOWED


def _text_allowed(text: str) -> Decision:
    if any(character in FORBIDDEN_ON_LINE for character in text):
        return refused(f"must not contain any of {FORBIDDEN_ON_LINE}")
    if not text.isascii() or not text.isprintable():
        return refused("must be plain Latin text")
    if not any(character.isalpha() for character in text):
        return refused("must contain a letter")
    return ALLOWED


_FAILED = {"requires_payment_method", "canceled"}


def session_state(session: SessionData) -> SessionState:
    """Return open, processing, paid or closed.

    A completed but unpaid session is a bank debit on its way: processing until the bank has said
    yes (paid) or no (closed: the customer cannot try again on that page).
    """
    if session.payment_status == "paid":
        amount = from_smallest_unit(session.amount, session.currency)
        return SessionState("paid", amount=amount, raw_id=session.intent)
    if session.status == "expired":
        return SessionState("closed")
    if session.status == "complete":
        return SessionState("closed" if session.intent_status in _FAILED else "processing")
    return SessionState("open")


def refund_state(refund: RefundData) -> RefundState:
    """Return pending, succeeded or failed."""
    if refund.status == "succeeded":
        return RefundState("succeeded", reference=refund.reference)
    if refund.status in {"failed", "canceled"}:
        return RefundState("failed", reference=refund.reference, error=refund.status)
    return RefundState("pending", reference=refund.reference)
