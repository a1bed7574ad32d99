"""Stripe's rules: form encoding, amounts, statement descriptors, and each endpoint's parameters.

Amounts: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. Descriptors:
https://docs.stripe.com/get-started/account/statement-descriptors. Parameters: only what a shop with
hosted, one-off payments can need is here; anything else is refused as unknown, which is stricter
than Stripe, never laxer. The validators answer as Stripe answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local_services.stripe_sandbox import errors
from local_services.stripe_sandbox.errors import StripeError

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def parse_form(raw: str) -> dict[str, Any]:
    """Return nested dicts of strings; lists are dicts with keys 0, 1, 2… until validated."""
    values: dict[str, Any] = {}
    for key, value in parse_qsl(raw, keep_blank_values=True):
        _put(values, _path(key), value)
    return values


def _path(key: str) -> list[str]:
    match = _KEY.match(key)
    if match is None:
        raise StripeError(f"Invalid parameter name: {key}", code="parameter_unknown", param=key)
    return [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]


def _put(values: dict[str, Any], path: list[str], value: str) -> None:
    *parents, last = path
    for name in parents:
        values = values.setdefault(name, {})
        if not isinstance(values, dict):
            raise StripeError(f"Invalid object: {name}", param=name)
    values[last or str(len(values))] = value


Check = Callable[[Any, str], Any]
_MAX_INT = 99_999_999_999


def text(*, most: int = 5000) -> Check:
    """A string of at most `most` characters."""

    def check(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise errors.invalid(name, "Invalid string: must be a string")
        if len(value) > most:
            message = f"Invalid string: must be at most {most} characters"
            raise errors.invalid(name, message, "parameter_invalid_string")
        if not value:
            message = f"You passed an empty string for '{name}'."
            raise errors.invalid(name, message, "parameter_invalid_empty")
        return value

    return check


def whole(*, least: int = 0, most: int = _MAX_INT) -> Check:
    """A whole number between two limits."""

    def check(value: Any, name: str) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError):
            message = f"Invalid integer: {value}"
            raise errors.invalid(name, message, "parameter_invalid_integer") from None
        if number < least:
            message = f"This value must be greater than or equal to {least}."
            raise errors.invalid(name, message, "parameter_invalid_integer")
        if number > most:
            message = f"This value must be less than or equal to {most}."
            raise errors.invalid(name, message, "parameter_invalid_integer")
        return number

    return check


def flag(value: Any, name: str) -> bool:
    """`true` or `false`."""
    if value not in {"true", "false"}:
        raise errors.invalid(name, f"Invalid boolean: {value}", "parameter_invalid_boolean")
    return bool(value == "true")


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, name: str) -> str:
        if value not in allowed:
            last = f" or {allowed[-1]}" if len(allowed) > 1 else allowed[0]
            message = f"Invalid {name}: must be one of {', '.join(allowed[:-1])}{last}"
            raise errors.invalid(name, message)
        return str(value)

    return check


def address(value: Any, name: str) -> str:
    """An absolute http(s) address."""
    found = text()(value, name)
    parts = urlsplit(found)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise errors.invalid(name, "Not a valid URL", "url_invalid")
    return str(found)


def email(value: Any, name: str) -> str:
    """An e-mail address, loosely."""
    found = text(most=800)(value, name)
    if "@" not in found.strip("@"):
        raise errors.invalid(name, f"Invalid email address: {found}", "email_invalid")
    return str(found)


def metadata(value: Any, name: str) -> dict[str, str]:
    """At most 50 keys of 40 characters with values of 500 (https://docs.stripe.com/metadata)."""
    if not isinstance(value, dict):
        raise errors.invalid(name, f"Invalid object: {name} must be a hash.")
    if len(value) > 50:  # noqa: PLR2004  Stripe's figure
        raise errors.invalid(name, "Metadata can have at most 50 keys.")
    return {
        text(most=40)(key, name): text(most=500)(v, f"{name}[{key}]") for key, v in value.items()
    }


def many(item: Check, *, most: int = 100) -> Check:
    """A list; on the wire its items are numbered."""

    def check(value: Any, name: str) -> list[Any]:
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise errors.invalid(name, "Invalid array", "parameter_invalid_array")
        if len(value) > most:
            raise errors.invalid(name, f"Array must have at most {most} elements.")
        return [item(v, f"{name}[{key}]") for key, v in sorted(value.items(), key=_number)]

    return check


def _number(pair: tuple[str, Any]) -> int:
    return int(pair[0])


def shape(fields: Mapping[str, Check], *, required: tuple[str, ...] = ()) -> Check:
    """A nested object with these fields and no other."""

    def check(value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise errors.invalid(name, f"Invalid object: {name}", "parameter_invalid_object")
        for key in value:
            if key not in fields:
                raise errors.unknown_parameter(_inside(name, key))
        for key in required:
            if key not in value:
                raise errors.missing_parameter(_inside(name, key))
        return {key: fields[key](v, _inside(name, key)) for key, v in value.items()}

    return check


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


MINIMUM = {
    "aed": 200,
    "aud": 50,
    "bgn": 100,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17_500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
    "usd": 50,
}
MAXIMUM = 99_999_999
ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
STEP = dict.fromkeys(THREE_DECIMAL, 10) | {"isk": 100, "ugx": 100}  # the last digits must be 0


def check_total(total: int, currency: str) -> None:
    """Refuse a currency we do not know, and totals outside Stripe's limits."""
    if len(currency) != 3 or not currency.isalpha():  # noqa: PLR2004  ISO 4217
        message = f"Invalid currency: {currency}. It must be a three-letter code."
        raise errors.invalid("line_items[0][price_data][currency]", message)
    if total % STEP.get(currency, 1):
        message = f"Invalid amount: {total} {currency} must be divisible by {STEP[currency]}."
        raise errors.invalid("line_items[0][price_data][unit_amount]", message)
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
    digits = 3 if currency in THREE_DECIMAL else 2
    return f"{Decimal(amount).scaleb(-digits)} {currency.upper()}"


PREFIX = "STILLWATER"  # of the account, in Stripe's dashboard; its static descriptor too
# What the account has switched on: each session offers of these what it allows.
ACCOUNT_METHODS = ("card", "link", "bacs_debit")
MAX_LENGTH = 22
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
    if len(statement_descriptor(suffix)) > MAX_LENGTH:
        message = (
            f"The statement descriptor {statement_descriptor(suffix)} must be at most "
            f"{MAX_LENGTH} characters."
        )
        raise errors.invalid(name, message, "parameter_invalid_string")
    return suffix


def statement_descriptor(suffix: str | None) -> str:
    """Return the statement line: the account's prefix, `* ` and the suffix."""
    return f"{PREFIX}* {suffix}" if suffix else PREFIX


_EXPAND = {"expand": many(text())}
_CREATED = {
    "created": shape({key: whole() for key in ("gt", "gte", "lt", "lte")}),
}
_PAGE = {
    "limit": whole(least=1, most=100),
    "starting_after": text(),
    "ending_before": text(),
    **_EXPAND,
}
_CURRENCY = text(most=3)


def _suffix(value: Any, name: str) -> str:

    return check_suffix(text()(value, name), name)


_PRICE = shape(
    {
        "currency": _CURRENCY,
        "product_data": shape(
            {
                "name": text(most=250),
                "description": text(most=1500),
                "images": many(address, most=8),
                "metadata": metadata,
                "tax_code": text(),
                "unit_label": text(most=12),
            },
            required=("name",),
        ),
        "unit_amount": whole(),
        "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
    },
    required=("currency",),
)
_ITEM = shape({"price_data": _PRICE, "quantity": whole(least=1)}, required=("price_data",))
_INTENT_DATA = shape(
    {
        "capture_method": one_of("automatic", "automatic_async", "manual"),
        "description": text(most=1000),
        "metadata": metadata,
        "receipt_email": email,
        "statement_descriptor_suffix": _suffix,
    }
)
SESSION_CREATE = shape(
    {
        "adaptive_pricing": shape({"enabled": flag}),
        "allowed_payment_method_types": many(
            one_of("card", "bacs_debit", "sepa_debit", "paypal", "link")
        ),
        "billing_address_collection": one_of("auto", "required"),
        "cancel_url": address,
        "client_reference_id": text(most=200),
        "currency": _CURRENCY,
        "customer_creation": one_of("always", "if_required"),
        "customer_email": email,
        "expires_at": whole(),
        "line_items": many(_ITEM),
        "locale": text(most=10),
        "metadata": metadata,
        "mode": one_of("payment", "setup", "subscription"),
        "payment_intent_data": _INTENT_DATA,
        "submit_type": one_of("auto", "book", "donate", "pay", "subscribe"),
        "success_url": address,
        "ui_mode": one_of("elements", "embedded_page", "form", "hosted_page"),
        "wallet_options": shape({"link": shape({"display": one_of("auto", "never")})}),
        **_EXPAND,
    },
    required=("line_items", "mode", "success_url"),
)
SESSION_LIST = shape(
    {"payment_intent": text(), "status": one_of("complete", "expired", "open"), **_PAGE, **_CREATED}
)
REFUND_CREATE = shape(
    {
        "amount": whole(least=1),
        "charge": text(),
        "metadata": metadata,
        "payment_intent": text(),
        "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
        **_EXPAND,
    }
)
REFUND_LIST = shape({"charge": text(), "payment_intent": text(), **_PAGE, **_CREATED})
DISPUTE_LIST = shape({"charge": text(), "payment_intent": text(), **_PAGE, **_CREATED})
EVENT_LIST = shape(
    {"type": text(), "types": many(text(), most=20), "delivery_success": flag, **_PAGE, **_CREATED}
)
RETRIEVE: Check = shape(_EXPAND)
NOTHING: Check = shape(_EXPAND)
