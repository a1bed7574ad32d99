"""Strict reading of the environment, and when a live shop must not start.

`VARIABLES` is the one list of every setting an operator can give. The README's table and
docker-compose.yml are tested against it, so a variable cannot exist in one place only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

from environs import Env
from environs.exceptions import EnvError

from saleor_config.settings.values import FAULTS

_env = Env()


@dataclass(frozen=True)
class Variable:
    """One environment variable: its kind, its default outside production, and what it does.

    `required` means that production refuses to start without it.
    """

    name: str
    kind: str
    default: Any
    help: str
    required: bool = False


_LIST = (
    Variable(
        "SECRET_KEY",
        "str",
        "local-only-not-a-secret",
        "Signs sessions, links and the basket cookie. At least 50 random characters.",
        required=True,
    ),
    Variable(
        "DATABASE_URL",
        "str",
        "",
        "PostgreSQL, as `postgres://user:password@host:5432/name`. "
        "Empty: `make run` starts its own.",
        required=True,
    ),
    Variable(
        "DATABASE_POOLED",
        "bool",
        False,
        "True: `DATABASE_URL` leads to a pooler in transaction mode, such as PgBouncer; then "
        "nothing is kept on the server's side between transactions.",
    ),
    Variable(
        "REDIS_URL",
        "str",
        "",
        "Redis or Valkey for Celery and the cache, as `redis://host:6379/0`. "
        "Empty: `make run` starts its own.",
        required=True,
    ),
    Variable(
        "EMAIL_URL",
        "str",
        "",
        "SMTP server, as `smtp://user:password@host:587/?tls=True`. "
        "Empty: `make run` starts its own inbox.",
        required=True,
    ),
    Variable(
        "ALLOWED_HOSTS",
        "list",
        ["localhost", "127.0.0.1", "[::1]"],
        "Host names the shop answers to, separated by commas.",
        required=True,
    ),
    Variable(
        "PUBLIC_URL",
        "str",
        "",
        "The shop's address as customers type it; links in e-mails start with it. "
        "Empty: `http://127.0.0.1:PORT`.",
        required=True,
    ),
    Variable(
        "STRIPE_API_KEY",
        "str",
        "",
        "Stripe's secret key. Read from the environment only, never stored.",
        required=True,
    ),
    Variable(
        "STRIPE_WEBHOOK_SECRET",
        "str",
        "",
        "Signing secret of the Stripe webhook endpoint.",
        required=True,
    ),
    Variable(
        "STRIPE_API_BASE",
        "str",
        "https://api.stripe.com",
        "Stripe's API. Production refuses any other address than the default.",
    ),
    Variable(
        "STRIPE_STATEMENT_PREFIX",
        "str",
        "STILLWATER",
        "The statement descriptor and its shortened form as set in Stripe's dashboard, both the "
        "same: 2 to 10 neutral characters. Customers are shown it before they pay.",
        required=True,
    ),
    Variable(
        "STRIPE_STATEMENT_SUFFIX",
        "str",
        "ORDER",
        "What stands on card statements after the prefix and `* `: neutral, none of `<>\\'\"*`, "
        "22 characters with both.",
    ),
    Variable(
        "STRIPE_PAYMENT_METHODS",
        "list",
        ["card"],
        "Ways to pay that customers are offered and told of, separated by commas: `card`, "
        "`bacs_debit`. They must be switched on in Stripe's dashboard too.",
    ),
    Variable(
        "REFUND_FIRST_TO",
        "str",
        "payment",
        "Where the money of a refund goes first if gift cards paid a part of the order: "
        "`payment` (the newest payment first) or `gift_card`.",
    ),
    Variable(
        "LABEL_CARRIER",
        "str",
        "",
        "Who sells labels at the packing table: `sendcloud`, or `local` for trial (made-up "
        "numbers, never live). Empty: nobody, labels are the shop's own.",
    ),
    Variable(
        "SENDCLOUD_PUBLIC_KEY",
        "str",
        "",
        "Sendcloud's public key. Read from the environment only, never stored.",
    ),
    Variable(
        "SENDCLOUD_SECRET_KEY",
        "str",
        "",
        "Sendcloud's secret key. Read from the environment only, never stored.",
    ),
    Variable(
        "SENDCLOUD_SENDER_ID",
        "int",
        0,
        "The number of your sender address at Sendcloud; labels have the sender name that the "
        "customer chose.",
    ),
    Variable(
        "SHOP_NAME",
        "str",
        "Stillwater",
        "The neutral name customers and letterboxes see, in up to 35 Latin letters, digits and "
        "simple punctuation.",
    ),
    Variable(
        "DEFAULT_FROM_EMAIL",
        "str",
        "Stillwater <hello@stillwater.example>",
        "Sender of every e-mail. Keep it neutral.",
    ),
    Variable(
        "STAFF_EMAILS",
        "list",
        [],
        "Addresses that are told of new orders, low stock and payments that need attention, "
        "separated by commas. Empty: nobody is.",
    ),
    Variable("PORT", "int", 8000, "Port of the web server."),
    Variable("WEB_WORKERS", "int", 2, "Number of web worker processes."),
    Variable(
        "WEB_THREADS", "int", 2, "Threads in each web worker; each answers one request at a time."
    ),
    Variable("CELERY_CONCURRENCY", "int", 1, "Number of Celery worker processes."),
    Variable(
        "DEBUG", "bool", False, "Django's debug pages. Only with the local settings; never live."
    ),
    Variable("LOG_LEVEL", "str", "INFO", "Level of the root logger."),
    Variable(
        "SENTRY_DSN",
        "str",
        "",
        "Where Sentry gets errors, without anything of customers. Empty: only staff see them.",
    ),
    Variable(
        "SLOW_REQUEST_MS",
        "int",
        2_000,
        "A page that takes longer, in milliseconds, is reported as an error is. 0: none is.",
    ),
    Variable(
        "METRICS_TOKEN",
        "str",
        "",
        "Opens `/metrics` to Prometheus (`Authorization: Bearer …`). Empty: there is none.",
    ),
    Variable(
        "TRUSTED_PROXY_COUNT",
        "int",
        0,
        "How many proxies are in front, each of which adds to X-Forwarded-For, the last of which "
        "sets X-Forwarded-Proto. 1 behind compose's `proxy`; 0 reads neither header.",
        required=True,
    ),
    Variable("HSTS_SECONDS", "int", 31_536_000, "Strict-Transport-Security, in seconds."),
    Variable(
        "HSTS_PRELOAD",
        "bool",
        False,
        "True: every subdomain is https for browsers too, and the domain may be put on their "
        "list. It can hardly be undone.",
    ),
    Variable(
        "STAFF_IDLE_MINUTES",
        "int",
        30,
        "Minutes without a click after which /staff/ asks for the log-in again.",
    ),
    Variable(
        "STAFF_MAX_HOURS",
        "int",
        12,
        "Hours after which /staff/ asks for the log-in again, however busy somebody is.",
    ),
    Variable("DEFAULT_CURRENCY", "str", "GBP", "The one currency prices are in (ISO 4217)."),
    Variable("DEFAULT_COUNTRY", "str", "GB", "Country that forms start with (ISO 3166)."),
    Variable("TIME_ZONE", "str", "Europe/London", "Time zone of dates on pages and in e-mails."),
    Variable(
        "ORDER_KEEP_YEARS",
        "int",
        6,
        "Years for which names and addresses of paid orders are kept, as your country's law asks "
        "of shops. 1 to 30.",
    ),
    Variable(
        "QUICK_EXIT_URL",
        "str",
        "https://www.bbc.co.uk/weather",
        "Where the quick exit leads: a page in https that anybody may have open.",
    ),
    Variable("MEDIA_URL", "str", "/media/", "Where uploaded images are served from."),
    Variable("VAR_DIR", "str", "", "Folder for data of the local services. Empty: `var/`."),
)
VARIABLES = {variable.name: variable for variable in _LIST}


def refuse(message: str) -> NoReturn:
    """Stop the start with one line on standard error and exit code 1."""
    raise SystemExit(f"stillwater: {message}")


def read(name: str) -> Any:
    """Return the variable's value in its declared kind, or its default when unset or empty.

    A value of the wrong kind, or of which nothing can be made, stops the start with one line that
    names the variable and says the mend.
    """
    variable = VARIABLES[name]
    if not _is_set(name):
        return variable.default
    try:
        value = getattr(_env, variable.kind)(name)
    except EnvError:
        refuse(f"{name} must be a valid {variable.kind}. {variable.help}")
    fault = FAULTS[name](value) if name in FAULTS else ""
    if fault:
        refuse(f"{name} {fault}")
    return value


def given() -> dict[str, Any]:
    """Return the value of every variable, None for a required one that is unset or empty."""
    return {
        name: None if variable.required and not _is_set(name) else read(name)
        for name, variable in VARIABLES.items()
    }


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name, "").strip())


_MIN_KEY_LENGTH, _MIN_KEY_VARIETY = 50, 5  # what `manage.py check --deploy` asks for
_EMBEDDED = "stillwater_embedded"  # the user that `make run` makes on its own servers

Values = Mapping[str, Any]  # every variable of env.VARIABLES, read; None where it is unset


def _has_sendcloud(values: Values) -> bool:
    names = ("PUBLIC_KEY", "SECRET_KEY", "SENDER_ID")
    return all(values[f"SENDCLOUD_{name}"] for name in names)


def _is_weak(key: str) -> bool:
    return len(key) < _MIN_KEY_LENGTH or len(set(key)) < _MIN_KEY_VARIETY


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
        lambda values: values["TRUSTED_PROXY_COUNT"] < 0,
        "TRUSTED_PROXY_COUNT cannot be negative.",
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
        lambda values: values["LABEL_CARRIER"] == "local",
        "LABEL_CARRIER is the one for trial. Its labels send nothing: use another or none.",
    ),
    (
        lambda values: values["LABEL_CARRIER"] == "sendcloud" and not _has_sendcloud(values),
        "LABEL_CARRIER is sendcloud: set its keys and SENDCLOUD_SENDER_ID too.",
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
