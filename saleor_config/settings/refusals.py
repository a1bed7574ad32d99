"""When a live shop must not start. Pure: takes the values, returns the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from saleor_config.settings.env import VARIABLES

_KEY_LENGTH, _KEY_VARIETY = 50, 5  # what `manage.py check --deploy` asks for
_EMBEDDED = "stillwater_embedded"  # the user that `make run` makes on its own servers

Values = Mapping[str, Any]  # every variable of env.VARIABLES, read; None where it is unset


def _is_weak(key: str) -> bool:
    return len(key) < _KEY_LENGTH or len(set(key)) < _KEY_VARIETY


_RULES: tuple[tuple[Callable[[Values], bool], str], ...] = (
    (
        lambda values: bool(values["DEBUG"]),
        "DEBUG is on. Unset it: debug pages show settings and customers' data.",
    ),
    (
        lambda values: _is_weak(values["SECRET_KEY"]),
        f"SECRET_KEY is too weak. {VARIABLES['SECRET_KEY'].help}",
    ),
    (
        lambda values: "*" in values["ALLOWED_HOSTS"],
        "ALLOWED_HOSTS lets every name in. Name the shop's own.",
    ),
    (
        lambda values: urlsplit(values["PUBLIC_URL"]).scheme != "https",
        "PUBLIC_URL must begin with https://.",
    ),
    (
        lambda values: values["STRIPE_API_BASE"] != VARIABLES["STRIPE_API_BASE"].default,
        "STRIPE_API_BASE points to a sandbox. Unset it in production.",
    ),
    (
        lambda values: _EMBEDDED in values["DATABASE_URL"],
        "DATABASE_URL is the embedded server of `make run`. Use a real one.",
    ),
    (
        lambda values: _EMBEDDED in values["REDIS_URL"],
        "REDIS_URL is the embedded server of `make run`. Use a real one.",
    ),
)


def refusal(values: Values) -> str | None:
    """Return in one line why the shop must not start with these values, or None if it may."""
    for variable in VARIABLES.values():
        if variable.required and values[variable.name] is None:
            return f"{variable.name} is not set. {variable.help}"
    return next((message for broken, message in _RULES if broken(values)), None)
