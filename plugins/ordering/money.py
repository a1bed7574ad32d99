"""Money as text, for plugins that speak to customers."""

from __future__ import annotations

from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale
from prices import Money


def format_money(money: Money) -> str:
    """Return the amount as the visitor's language writes it, such as £49.00."""
    locale = to_locale(get_language() or "en")
    return str(format_currency(money.amount, money.currency, locale=locale))
