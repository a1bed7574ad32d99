"""Stripe's form encoding: `line_items[0][price_data][currency]=gbp` as nested values."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from saleor_config.embedded.stripe_sandbox.errors import StripeError

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def parse(raw: str) -> dict[str, Any]:
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
