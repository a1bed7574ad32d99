"""Money as text, as every page, e-mail and document formats it; and no money."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency
from django.conf import settings
from django.utils.translation import get_language
from prices import Money

from product_content.languages import locale_of


def format_money(value: Money, locale: Locale | str | None = None) -> str:
    """Return an amount such as £42.00; without `locale`, as the active language writes it."""
    written_as = locale or locale_of(get_language() or settings.LANGUAGE_CODE)
    return _formatted(value.amount, value.currency, str(written_as))


def zero(currency: str) -> Money:
    """Return nothing, in this currency."""
    return Money(0, currency).quantize()


@lru_cache(maxsize=2048)
def _formatted(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)
