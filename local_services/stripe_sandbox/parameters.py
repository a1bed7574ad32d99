"""Stripe's form encoding, and validators of parameters that answer as Stripe answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
