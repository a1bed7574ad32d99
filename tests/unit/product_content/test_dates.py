"""One form of a day on pages, papers and in e-mails, as the shop's country writes it."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from plugins.order_emails.texts import clock
from plugins.order_emails.texts import day as emailed_day
from product_content.languages import PATTERNS, locale_of, written_day

DAY = date(2026, 11, 5)


@pytest.fixture
def country(settings):
    """Set the shop's country; what is known of locales is forgotten before and after."""

    def choose(code):
        settings.DEFAULT_COUNTRY = code
        locale_of.cache_clear()

    locale_of.cache_clear()
    yield choose
    locale_of.cache_clear()


@pytest.mark.parametrize(
    ("code", "language", "written"),
    [
        ("GB", "en", ("5 November 2026", "Thursday, 5 November", "5 November")),
        ("US", "en", ("November 5, 2026", "Thursday, November 5", "November 5")),
        ("JP", "en", ("November 5, 2026", "Thursday, November 5", "November 5")),
        ("ES", "en", ("5 November 2026", "Thursday, 5 November", "5 November")),
        ("US", "es", ("5 de noviembre de 2026", "jueves, 5 de noviembre", "5 de noviembre")),
    ],
)
def test_a_day_is_written_as_the_country_writes_it(country, code, language, written):
    country(code)
    with translation.override(language):
        found = tuple(written_day(DAY, pattern) for pattern in ("j F Y", "l, j F", "j F"))
        moment = datetime(2026, 11, 5, 12, tzinfo=UTC)

        assert tuple(text.replace("Jueves", "jueves") for text in found) == written
        assert emailed_day(moment, locale_of(language)) == written_day(moment) == written[0]


@pytest.mark.parametrize(("code", "written"), [("GB", "14:35"), ("US", "2:35 PM"), ("ES", "14:35")])
def test_e_mails_write_the_time_as_pages_do(country, code, written):
    country(code)
    moment = datetime(2026, 11, 5, 14, 35, tzinfo=UTC)
    with translation.override("en"), timezone.override("UTC"):
        assert clock(moment) == written_day(moment, "H:i") == written


def test_each_pattern_has_one_with_the_month_first(country):
    country("US")
    assert {written_day(datetime(2026, 11, 5, 12, tzinfo=UTC), each) for each in PATTERNS} == {
        "November 5, 2026",
        "Thursday, November 5, 2026",
        "November 5",
        "Thursday, November 5",
        "November 5, 12:00 PM",
        "12:00 PM",
        "November 2026",
    }
    assert written_day(None) == ""
