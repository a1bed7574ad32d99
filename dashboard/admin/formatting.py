"""Format amounts, days and times for staff."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from babel.numbers import format_currency
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale


def format_money(amount: Decimal | None, currency: str) -> str:
    """Return an amount with its currency sign, or a dash when there is none."""
    if amount is None:
        return "-"
    return str(format_currency(amount, currency, locale=to_locale(get_language() or "en")))


def format_day(day: date) -> str:
    """Return a day as staff read it."""
    return date_format(day, "j M Y")


def format_time(moment: datetime | None) -> str:
    """Return a time in the shop's time zone, on the 24-hour clock, or a dash."""
    return date_format(timezone.localtime(moment), "j M Y, H:i") if moment else "-"
