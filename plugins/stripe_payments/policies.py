"""Rules without side effects: money in Stripe's units, and the text on card statements."""

from __future__ import annotations

from decimal import Decimal

from prices import Money

from plugins.stripe_payments.constants import (
    SUFFIX_FORBIDDEN,
    SUFFIX_LEAST,
    SUFFIX_MOST,
    THREE_DECIMAL,
    WHOLE_UNITS_ONLY,
    ZERO_DECIMAL,
)

Answer = tuple[bool, str]


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


def suffix_allowed(suffix: str) -> Answer:
    """Say whether Stripe takes this text for card statements; the reason is for operators."""
    if not SUFFIX_LEAST <= len(suffix) <= SUFFIX_MOST:
        return False, f"must have {SUFFIX_LEAST} to {SUFFIX_MOST} characters"
    if any(character in SUFFIX_FORBIDDEN for character in suffix):
        return False, f"must not contain any of {SUFFIX_FORBIDDEN}"
    if not suffix.isascii() or not suffix.isprintable():
        return False, "must be plain Latin text"
    if not any(character.isalpha() for character in suffix):
        return False, "must contain a letter"
    return True, ""
