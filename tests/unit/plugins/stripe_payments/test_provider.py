"""Stripe as the payment provider, as far as it needs no network."""

from decimal import Decimal

import pytest
from prices import Money

from local_services.stripe_sandbox.errors import StripeError
from local_services.stripe_sandbox.specs import MINIMUM, check_total
from plugins.stripe_payments.policies import MIN_CHARGE, to_smallest_unit
from plugins.stripe_payments.provider import StripePayments


@pytest.mark.parametrize("currency", MIN_CHARGE)
def test_the_sandbox_takes_the_smallest_charge_and_nothing_below(currency):
    least = StripePayments().smallest_charge(currency=currency)
    number = to_smallest_unit(least)
    check_total(number, currency.lower())
    with pytest.raises(StripeError):
        check_total(number - 1, currency.lower())


def test_both_tables_know_the_same_currencies():
    assert {currency.lower() for currency in MIN_CHARGE} == set(MINIMUM)


def test_a_currency_of_which_no_minimum_is_known_has_none():
    assert StripePayments().smallest_charge(currency="ISK") == Money(Decimal(0), "ISK")
