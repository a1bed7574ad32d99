"""What differs by language: addresses (English `/sets/`, Spanish `/es/sets/`) and written days.

See docs/adr/0010.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop, override


def prefix(language: str | None = None) -> str:
    """Return what addresses begin with: "" in English, "/es" in Spanish.

    Without `language`, a code of LANGUAGES, it is the active language; unknown ones count as
    English.
    """
    code = language or get_language()
    return f"/{code}" if code in OTHER_LANGUAGES else ""


def localized(path: str, language: str | None = None) -> str:
    """Return the address of one of the shop's pages; `path` is its English one, as "/basket/"."""
    return f"{prefix(language)}{path}"


@cache
def locale_of(language: str) -> Locale:
    """Return the locale of a language as written in the shop's country, where there is one."""
    code = language.split("-", maxsplit=1)[0]
    try:
        return Locale.parse(f"{code}_{settings.DEFAULT_COUNTRY}")
    except UnknownLocaleError:
        return Locale.parse(code)


def translated_text(text: str) -> str:
    """Return a text of the catalogue in the active language.

    A translation belongs to exactly one English text (data/locale): when staff change
    that, on a safety card above all, customers see their words and not an outdated translation.
    """
    return gettext(text) if text and prefix() else text


def languages_of(text: str) -> tuple[str, ...]:
    """Return the codes of the languages in which a text of the catalogue can be read."""
    return (settings.LANGUAGE_CODE, *(c for c in OTHER_LANGUAGES if _is_translated(text, c)))


def _is_translated(text: str, language: str) -> bool:
    with override(language):
        return translated_text(text) != text


def in_english(path: str) -> str:
    """Return the English address of a page, whichever language `path` is in."""
    for code in OTHER_LANGUAGES:
        if path.startswith(f"/{code}/"):
            return path.removeprefix(f"/{code}")
    return path


OTHER_LANGUAGES = tuple(code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE)


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
