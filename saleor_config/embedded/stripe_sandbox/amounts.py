"""Smallest charges per currency (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)."""

from __future__ import annotations

from saleor_config.embedded.stripe_sandbox import errors

MINIMUM = {
    "aud": 50,
    "cad": 50,
    "chf": 50,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "jpy": 50,
    "nok": 300,
    "sek": 300,
    "usd": 50,
}
MAXIMUM = 99_999_999
ZERO_DECIMAL = {"jpy", "krw", "clp", "vnd", "xaf", "xof", "xpf", "pyg", "bif", "djf", "gnf", "kmf"}


def check_total(total: int, currency: str) -> None:
    """Refuse a currency we do not know, and totals outside Stripe's limits."""
    if len(currency) != 3 or not currency.isalpha():  # noqa: PLR2004  ISO 4217
        message = f"Invalid currency: {currency}. It must be a three-letter code."
        raise errors.invalid("line_items[0][price_data][currency]", message)
    if total < MINIMUM.get(currency, 50):
        raise errors.StripeError(
            "The Checkout Session's total amount due must add up to at least "
            f"{show(MINIMUM.get(currency, 50), currency)}",
            code="amount_too_small",
        )
    if total > MAXIMUM:
        raise errors.StripeError(
            f"The Checkout Session's total amount must be no more than {show(MAXIMUM, currency)}",
            code="amount_too_large",
        )


def show(amount: int, currency: str) -> str:
    """Return the amount for people, e.g. `41.00 GBP`."""
    if currency in ZERO_DECIMAL:
        return f"{amount} {currency.upper()}"
    return f"{amount // 100}.{amount % 100:02d} {currency.upper()}"
