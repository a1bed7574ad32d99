"""Stripe's rules for what stands on a card statement.

https://docs.stripe.com/get-started/account/statement-descriptors
"""

from __future__ import annotations

from saleor_config.embedded.stripe_sandbox import errors

PREFIX = "STILLWATER"  # of the account, in Stripe's dashboard
MOST = 22
FORBIDDEN = "<>\\'\"*"


def check_suffix(suffix: str, name: str) -> str:
    """Return the suffix, or refuse it as Stripe would."""
    if any(character in FORBIDDEN for character in suffix):
        message = (
            f"The statement descriptor suffix cannot contain the following characters: {FORBIDDEN}"
        )
        raise errors.invalid(name, message, "parameter_invalid_string")
    if not any(c.isascii() and c.isalpha() for c in suffix):
        message = "The statement descriptor suffix must contain at least one alphabetic character."
        raise errors.invalid(name, message, "parameter_invalid_string")
    if len(suffix) > MOST:
        message = f"The statement descriptor suffix must be at most {MOST} characters."
        raise errors.invalid(name, message, "parameter_invalid_string")
    return suffix


def full(suffix: str | None) -> str:
    """Return the statement line: the account's prefix, `* ` and the suffix, 22 characters."""
    return f"{PREFIX}* {suffix}"[:MOST] if suffix else PREFIX
