"""Money in Stripe's units, and the text on statements."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prices import Money

from plugins.stripe_payments.policies import (
    THREE_DECIMAL,
    WHOLE_UNITS_ONLY,
    ZERO_DECIMAL,
    from_smallest_unit,
    line_allowed,
    to_smallest_unit,
)


@pytest.mark.parametrize(
    ("amount", "currency", "number"),
    [
        ("41.00", "GBP", 4100),
        ("0.30", "GBP", 30),
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("5", "ISK", 500),
    ],
)
def test_amounts(amount, currency, number):
    money = Money(Decimal(amount), currency)
    assert to_smallest_unit(money) == number
    assert from_smallest_unit(number, currency.lower()) == money


@pytest.mark.parametrize(
    ("amount", "currency"), [("0.001", "GBP"), ("0.5", "JPY"), ("5.123", "KWD"), ("5.50", "ISK")]
)
def test_amounts_that_cannot_be_charged(amount, currency):
    with pytest.raises(ValueError, match=currency):
        to_smallest_unit(Money(Decimal(amount), currency))


@given(st.integers(1, 10**8), st.sampled_from(sorted(ZERO_DECIMAL | {"GBP", "EUR", "USD"})))
def test_there_and_back(number, currency):
    assert to_smallest_unit(from_smallest_unit(number, currency)) == number


def test_no_currency_has_two_rules():
    assert not ZERO_DECIMAL & THREE_DECIMAL
    assert not ZERO_DECIMAL & WHOLE_UNITS_ONLY


@pytest.mark.parametrize(
    ("prefix", "suffix"), [("STILLWATER", "ORDER"), ("ST", "O"), ("A" * 10, "A" * 10)]
)
def test_lines_that_stripe_takes(prefix, suffix):
    assert line_allowed(prefix, suffix) == (True, "")


def test_the_whole_line_has_22_characters_at_most():
    allowed, reason = line_allowed("STILLWATER", "ONLINE ORDER")
    assert not allowed
    assert reason.startswith("The line “STILLWATER* ONLINE ORDER” has 24 characters")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ORDER<1",
        "ORDER>1",
        "ORDER\\1",
        "ORDER'S",
        'ORDER"',
        "OR*DER",
        "12345",
        "ÖRDER",
        "ORD\nER",
    ],
)
def test_texts_that_stripe_refuses(text):
    for prefix, suffix in ((text, "ORDER"), ("STILL", text)):
        allowed, reason = line_allowed(prefix, suffix)
        assert not allowed
        assert " must " in reason
