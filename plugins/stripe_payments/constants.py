"""Stripe's words and limits, each with its source."""

from __future__ import annotations

from decimal import Decimal

PROVIDER = "stripe"

# The version this plugin was written for; Stripe keeps old versions working. Moving it means
# reading https://docs.stripe.com/changelog and running the tests against the new one.
API_VERSION = "2026-10-28.endive"

SIGNATURE_TOLERANCE = 300  # seconds, https://docs.stripe.com/webhooks#verify-official-libraries
CONNECT_TIMEOUT, READ_TIMEOUT = 4.0, 12.0  # seconds; a customer is waiting
NETWORK_RETRIES = 2

# Amounts without hundredths: https://docs.stripe.com/currencies#zero-decimal. UGX and ISK have
# none either, but Stripe wants them with two zeros.
ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
# https://docs.stripe.com/currencies#three-decimal; Stripe wants the last digit to be 0
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in major units
MINIMUM_CHARGE = {
    "AUD": Decimal("0.50"),
    "CAD": Decimal("0.50"),
    "CHF": Decimal("0.50"),
    "DKK": Decimal("2.50"),
    "EUR": Decimal("0.50"),
    "GBP": Decimal("0.30"),
    "JPY": Decimal(50),
    "NOK": Decimal("3.00"),
    "SEK": Decimal("3.00"),
    "USD": Decimal("0.50"),
}

# https://docs.stripe.com/get-started/account/statement-descriptors
SUFFIX_LEAST, SUFFIX_MOST = 5, 22
SUFFIX_FORBIDDEN = "<>\\'\"*"

# The reservation lasts this much longer than Stripe's page, so that a payment made in its last
# second still finds its order held.
EXPIRY_MARGIN = 60  # seconds

RETURN_LINK_HOURS = 24  # how long the way back from Stripe leads to the order page
