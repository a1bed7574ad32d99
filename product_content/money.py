"""Money as text, as every page, e-mail and document formats it; its smallest unit; and no money.

Amounts have as many decimals as their currency, but never more than two: Stripe takes no
thousandths of a dinar (https://docs.stripe.com/currencies#three-decimal), and Saleor's columns keep
none. What cannot be paid is not a price. On pages a dinar has three decimals, as people write it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.translation import get_language
from prices import Money

from product_content.languages import locale_of

MAX_DECIMALS: Final = 2


def decimals(currency: str) -> int:
    """Return how many decimals an amount has: 0 of yen, 2 of pounds and of Kuwaiti dinars.

    Stands in for Babel's precision where Saleor and `Money.quantize` round.
    """
    return min(written_decimals(currency), MAX_DECIMALS)


def written_decimals(currency: str) -> int:
    """Return how many decimals people write: 0 of yen, 2 of pounds, 3 of Kuwaiti dinars."""
    return int(get_currency_precision(currency))


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount that can be paid: 0.01 of pounds and dinars, 1 of yen."""
    return Decimal(1).scaleb(-decimals(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return the amount in whole smallest units, half of one up."""
    return amount.quantize(smallest_unit(currency), ROUND_HALF_UP)


def is_payable(amount: Decimal, currency: str) -> bool:
    """Say whether the amount has no parts of the smallest unit: no half pence, no tenths of yen."""
    return amount % smallest_unit(currency) == 0


def format_money(value: Money, locale: Locale | str | None = None) -> str:
    """Return an amount such as £42.00; without `locale`, as the active language writes it."""
    written_as = locale or locale_of(get_language() or settings.LANGUAGE_CODE)
    return _formatted(value.amount, value.currency, str(written_as))


def sample_money(figure: str) -> str:
    """Return an invented amount, as "98.00", in the shop's currency, for samples of what is sent.

    Where a currency has no decimals it is a hundred times as much, as things cost there.
    """
    currency = settings.DEFAULT_CURRENCY
    amount = Decimal(figure) if decimals(currency) else Decimal(figure) * 100
    return format_money(Money(amount, currency), locale_of(settings.LANGUAGE_CODE))


def in_figures(value: Money) -> str:
    """Return an amount such as 42.00 GBP or 4200 JPY, for papers that may print no other sign."""
    return f"{value.amount:.{written_decimals(value.currency)}f} {value.currency}"


def in_decimals(amount: Decimal, currency: str) -> Decimal:
    """Return an amount with as many decimals as its currency is written with, for tables.

    So 8972 of yen and 11.750 of dinars; what the books keep that is finer stays.
    """
    written = amount.quantize(Decimal(1).scaleb(-written_decimals(currency)))
    return written if written == amount else amount.normalize()


def zero(currency: str) -> Money:
    """Return nothing, in this currency."""
    return Money(0, currency).quantize()


@lru_cache(maxsize=2048)
def _formatted(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)
