"""When a live shop must not start."""

import pytest

from saleor_config.settings.env import VARIABLES, refusal

GOOD = {name: variable.default for name, variable in VARIABLES.items()} | {
    "SECRET_KEY": "zk3v9q1mX7b5n2c8w4e6r0t1y3u5i7o9p2a4s6d8f0g1h3j5k7",
    "DATABASE_URL": "postgres://shop:secret@db.internal:5432/shop",
    "REDIS_URL": "redis://cache.internal:6379/0",
    "EMAIL_URL": "smtp://mail.internal:587/?tls=True",
    "ALLOWED_HOSTS": ["shop.example"],
    "PUBLIC_URL": "https://shop.example",
    "STRIPE_API_KEY": "given",
    "STRIPE_WEBHOOK_SECRET": "given",
    "STRIPE_STATEMENT_PREFIX": "GIVEN",
}
REQUIRED = [name for name, variable in VARIABLES.items() if variable.required]


def test_good_values_are_not_refused():
    assert refusal(GOOD) is None


@pytest.mark.parametrize("name", REQUIRED)
def test_each_required_value_must_be_there(name):
    assert refusal(GOOD | {name: None}).startswith(f"{name} is not set. ")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", True, "DEBUG is on."),
        ("SECRET_KEY", "short", "SECRET_KEY is too weak."),
        ("SECRET_KEY", "ab" * 40, "SECRET_KEY is too weak."),
        ("ALLOWED_HOSTS", ["shop.example", "*"], "ALLOWED_HOSTS lets every name in."),
        ("PUBLIC_URL", "http://shop.example", "PUBLIC_URL must begin with https://."),
        ("STRIPE_API_BASE", "http://127.0.0.1:8420", "STRIPE_API_BASE points to a sandbox."),
        (
            "DATABASE_URL",
            "postgres://stillwater_embedded:x@127.0.0.1:5432/stillwater",
            "DATABASE_URL is the embedded server of `make run`.",
        ),
        (
            "REDIS_URL",
            "redis://stillwater_embedded:x@127.0.0.1:6379/0",
            "REDIS_URL is the embedded server of `make run`.",
        ),
    ],
)
def test_what_must_not_be_live_is_refused_in_one_line(name, value, words):
    reason = refusal(GOOD | {name: value})

    assert reason.startswith(words)
    assert "\n" not in reason
