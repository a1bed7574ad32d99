"""One money format, and the smallest amount that can be paid."""

from decimal import Decimal

import pytest
from prices import Money

from dashboard.forms import AmountField
from local_services.stripe_sandbox.errors import StripeError
from local_services.stripe_sandbox.specs import MINIMUM, check_total, show
from plugins.ordering.discounts import spread
from plugins.stripe_payments.policies import MIN_CHARGE, to_smallest_unit
from product_content.money import (
    format_money,
    in_decimals,
    in_figures,
    is_payable,
    rounded,
    smallest_unit,
)


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "figures"),
    [
        ("1234.50", "GBP", "£1,234.50", "1234.50 GBP"),
        ("1234.50", "USD", "US$1,234.50", "1234.50 USD"),
        ("1234.00", "JPY", "JP¥1,234", "1234 JPY"),
        ("12.30", "KWD", "KWD12.300", "12.300 KWD"),
    ],
)
def test_money_is_written_with_the_decimals_of_its_currency(amount, currency, shown, figures):
    money = Money(Decimal(amount), currency)

    assert (format_money(money, "en_GB"), in_figures(money)) == (shown, figures)


@pytest.mark.parametrize(
    ("amount", "currency", "cell"),
    [
        ("8972.000", "JPY", "8972"),
        ("0", "JPY", "0"),
        ("11.75", "KWD", "11.750"),
        ("50", "GBP", "50.00"),
        ("0.125", "GBP", "0.125"),
    ],
)
def test_a_cell_of_a_table_has_the_decimals_of_its_currency(amount, currency, cell):
    assert str(in_decimals(Decimal(amount), currency)) == cell


@pytest.mark.parametrize(
    ("currency", "unit"), [("GBP", "0.01"), ("JPY", "1"), ("ISK", "1"), ("KWD", "0.01")]
)
def test_the_smallest_unit_can_be_paid_and_nothing_smaller(currency, unit):
    assert smallest_unit(currency) == Decimal(unit)
    assert to_smallest_unit(Money(Decimal(unit), currency)) > 0
    assert is_payable(Decimal(unit) * 7, currency)
    assert not is_payable(Decimal(unit) / 10, currency)
    assert rounded(Decimal(unit) * Decimal("1.5"), currency) == Decimal(unit) * 2


@pytest.mark.parametrize(
    ("total", "parts"),
    [(("100", "JPY"), [34, 33, 33]), (("1.00", "KWD"), ["0.33", "0.34", "0.33"])],
)
def test_a_discount_is_shared_out_in_whole_units(total, parts):
    found = spread(Money(Decimal(total[0]), total[1]), [Decimal(5)] * 3)

    assert sum(found) == Decimal(total[0])
    assert sorted(found) == sorted(map(Decimal, parts))


@pytest.mark.parametrize(
    ("total", "currency", "text"),
    [(4100, "gbp", "41.00 GBP"), (4100, "jpy", "4100 JPY"), (12_350, "kwd", "12.350 KWD")],
)
def test_the_sandbox_shows_what_is_to_be_paid(total, currency, text):
    check_total(total, currency)
    assert show(total, currency) == text


@pytest.mark.parametrize(
    ("total", "currency"), [(12_345, "kwd"), (1050, "isk"), (49, "jpy"), (29, "gbp")]
)
def test_the_sandbox_refuses_what_stripe_refuses(total, currency):
    with pytest.raises(StripeError):
        check_total(total, currency)


def test_the_sandbox_asks_for_the_same_minimum_as_the_shop():
    shops = {
        code.lower(): to_smallest_unit(Money(least, code)) for code, least in MIN_CHARGE.items()
    }

    assert shops == MINIMUM


@pytest.mark.parametrize(
    ("places", "typed", "kept"), [(0, "1200.00", "1200"), (0, "1200", "1200"), (2, "1.230", "1.23")]
)
def test_a_field_takes_decimals_that_say_nothing(places, typed, kept):
    field = AmountField(decimal_places=places, max_digits=12)

    assert str(field.clean(typed)) == kept
    assert str(field.prepare_value(Decimal(typed))) == kept


@pytest.mark.parametrize(("places", "typed"), [(0, "1200.50"), (2, "1.235")])
def test_a_field_refuses_what_cannot_be_paid(places, typed):
    field = AmountField(decimal_places=places, max_digits=12)
    with pytest.raises(Exception, match="decimal place"):
        field.clean(typed)
