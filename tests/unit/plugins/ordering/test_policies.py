"""Rules of ordering."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from prices import Money

from plugins.ordering.policies import (
    card_may_pay,
    may_cancel,
    payment_settles,
    price_fits,
    total_payable,
    weight_fits,
)


def gbp(amount):
    return Money(amount, "GBP")


@pytest.mark.parametrize(
    ("price", "minimum", "maximum", "fits"),
    [
        (10, None, None, True),
        (10, 10, 10, True),
        (9, 10, None, False),
        (11, None, 10, False),
    ],
)
def test_price_range(price, minimum, maximum, fits):
    bounds = [None if bound is None else gbp(bound) for bound in (minimum, maximum)]
    assert price_fits(gbp(price), *bounds).allowed is fits


@pytest.mark.parametrize(
    ("grams", "minimum", "maximum", "fits"),
    [(500, None, 500, True), (500, 501, None, False), (500, None, 499, False), (0, None, 9, True)],
)
def test_weight_range_without_a_minimum_matches(grams, minimum, maximum, fits):
    assert weight_fits(grams, minimum, maximum).allowed is fits


@pytest.mark.parametrize(
    ("amount", "cancelled", "settled", "answer"),
    [
        (gbp("52.50"), False, False, (True, "")),
        (gbp("52.49"), False, False, (False, "wrong_amount")),
        (Money("52.50", "EUR"), False, False, (False, "wrong_currency")),
        (gbp("52.50"), True, False, (False, "paid_after_release")),
        (gbp("52.50"), False, True, (False, "paid_twice")),
        (gbp("1.00"), True, True, (False, "paid_after_release")),
        (Money("1.00", "EUR"), False, True, (False, "paid_twice")),
    ],
)
def test_what_pays_an_order(amount, cancelled, settled, answer):
    due = gbp("52.50")
    assert payment_settles(due=due, amount=amount, cancelled=cancelled, settled=settled) == answer


@pytest.mark.parametrize(
    ("total", "allowed"), [("0.00", True), ("0.29", False), ("0.30", True), ("52.50", True)]
)
def test_a_total_is_nothing_or_what_the_provider_can_charge(total, allowed):
    answer, why = total_payable(total=gbp(total), minimum=gbp("0.30"))
    assert answer is allowed
    assert (why == "") is allowed


def test_too_small_a_total_is_told_with_both_sums():
    why = total_payable(total=gbp("0.29"), minimum=gbp("0.30"))[1]
    assert "£0.29 would be left to pay" in why
    assert "smaller than £0.30" in why
    assert "Nothing was charged." in why


def test_money_that_names_another_order_pays_none():
    facts = {"due": gbp(5), "amount": gbp(5), "cancelled": False, "settled": False}
    assert payment_settles(**facts, named=False) == (False, "wrong_order")
    assert payment_settles(**{**facts, "cancelled": True}, named=False)[1] == "paid_after_release"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        ({"sent": True, "packing": True}, "on its way"),
        ({"packing": True}, "begun to pack"),
        ({"disputed": True}, "Your bank"),
    ],
)
def test_an_order_is_cancelled_until_its_parcel_is_begun(facts, words):
    allowed, why = may_cancel(**{"sent": False, "packing": False, "disputed": False, **facts})
    assert allowed is (not facts)
    assert words in why


@pytest.mark.parametrize(
    ("active", "begins", "ends", "answer"),
    [
        (True, 0, None, (True, "")),
        (True, 0, 0, (True, "")),
        (False, 0, 0, (False, "off")),
        (True, 1, None, (False, "not_begun")),
        (True, -2, -1, (False, "ended")),
    ],
)
def test_a_gift_card_is_spent_on_its_days_whatever_is_on_it(active, begins, ends, answer):
    today = date(2026, 11, 28)
    card = SimpleNamespace(
        is_active=active,
        start_date=today + timedelta(days=begins),
        end_date=None if ends is None else today + timedelta(days=ends),
    )
    assert card_may_pay(card, today) == answer
