"""Format amounts, days and times for staff."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from prices import Money

from product_content import money


def format_money(amount: Decimal | None, currency: str) -> str:
    """Return an amount with its currency sign, or a dash when there is none."""
    return "-" if amount is None else money.format_money(Money(amount, currency))


def format_day(day: date) -> str:
    """Return a day as staff read it."""
    return date_format(day, "j M Y")


def format_time(moment: datetime | None) -> str:
    """Return a time in the shop's time zone, on the 24-hour clock, or a dash."""
    return date_format(timezone.localtime(moment), "j M Y, H:i") if moment else "-"
