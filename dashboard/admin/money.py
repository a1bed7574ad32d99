"""Amounts as staff read them."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale


def show_money(amount: Decimal | None, currency: str) -> str:
    """Return an amount with its currency sign, or a dash when there is none."""
    if amount is None:
        return "-"
    return str(format_currency(amount, currency, locale=to_locale(get_language() or "en")))
