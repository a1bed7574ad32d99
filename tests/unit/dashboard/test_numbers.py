"""The numbers that people type."""

import pytest

from dashboard.selectors.orders import parse_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("42", 42),
        (" #42 ", 42),
        ("0042", 42),
        ("0", 0),
        ("2147483647", 2147483647),
        ("2147483648", None),
        ("9" * 5000, None),
        ("0" * 5000 + "7", 7),
        ("-1", None),
        ("4.2", None),
        ("abc", None),
        ("", None),
    ],
)
def test_what_can_be_a_rows_number_is_read_and_nothing_else(typed, number):
    assert parse_number(typed) == number
