"""Dates and times as the order's language and our country write them."""

from __future__ import annotations

from datetime import datetime

from babel import Locale
from babel.dates import format_date, format_time
from django.utils import timezone


def day(moment: datetime, locale: Locale) -> str:
    """Return the date of a moment in the shop's time zone, such as 22 November 2026."""
    return format_date(timezone.localdate(moment), format="long", locale=locale)


def clock(moment: datetime, locale: Locale) -> str:
    """Return the time of a moment in the shop's time zone, such as 14:35."""
    return format_time(timezone.localtime(moment), format="short", locale=locale)
