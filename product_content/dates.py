"""Days: when they begin, and as customers read them, month first where the country writes so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop

from product_content.languages import locale_of

# The patterns of pages and papers, which translations turn into their own; and the same with the
# month first, for English in the United States and wherever CLDR knows no other English.
PATTERNS: Final[Mapping[str, str]] = {
    gettext_noop("j F Y"): "F j, Y",
    gettext_noop("l, j F Y"): "l, F j, Y",
    gettext_noop("j F"): "F j",
    gettext_noop("l, j F"): "l, F j",
    gettext_noop("j F, H:i"): "F j, g:i A",
    gettext_noop("H:i"): "g:i A",
    gettext_noop("F Y"): "F Y",
}


def midnight(day: date) -> datetime:
    """Return the moment with which a day begins in the shop's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def written_day(day: date | datetime | None, pattern: str = "j F Y") -> str:
    """Return a day or time, such as 22 November 2026, by one of PATTERNS; "" for none.

    E-mails write the same: Babel's long date of the same locale (`plugins.order_emails.texts`).
    """
    if not day:
        return ""
    moment = timezone.localtime(day) if isinstance(day, datetime) else day
    written = gettext(pattern)
    if written == pattern and _is_month_first():
        written = PATTERNS[pattern]
    return date_format(moment, written)


def _is_month_first() -> bool:
    locale = locale_of(get_language() or settings.LANGUAGE_CODE)
    return str(locale.date_formats["long"].pattern).startswith("M")
