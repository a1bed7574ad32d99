"""What differs by language: English at `/sets/`, Spanish at `/es/sets/` (docs/adr/0010)."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language, gettext, override


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
