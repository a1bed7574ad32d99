"""Money and dates as the order's language and our country write them."""

from datetime import UTC, datetime

import pytest
from babel import Locale
from prices import Money

from plugins.order_emails.texts import day
from product_content.languages import locale_of
from product_content.money import format_money


@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en_GB"), ("en-us", "en_GB"), ("es", "es"), ("pl", "pl")]
)
def test_language_is_written_as_in_our_country(language, locale):
    assert str(locale_of(language)) == locale


@pytest.mark.parametrize(("locale", "text"), [("en_GB", "£49.00"), ("es", "49,00\xa0GBP")])
def test_money(locale, text):
    assert format_money(Money("49.00", "GBP"), Locale.parse(locale)) == text


def test_day_is_the_one_in_the_shops_time_zone(settings):
    settings.TIME_ZONE = "Europe/London"
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert day(late, Locale.parse("en_GB")) == "1 July 2026"
