"""Settings that would fail at Stripe fail at the start."""

import pytest

from plugins.stripe_payments.checks import PROVIDER_PATH, check_settings

GOOD = {
    "PAYMENT_PROVIDER": PROVIDER_PATH,
    "STRIPE_API_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "STRIPE_API_BASE": "https://api.stripe.com",
    "STRIPE_STATEMENT_PREFIX": "STILLWATER",
    "STRIPE_STATEMENT_SUFFIX": "ORDER",
    "STRIPE_PAYMENT_METHODS": ["card"],
}


def found(settings, **changes):
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    return [error.id for error in check_settings()]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"STRIPE_PAYMENT_METHODS": ["card", "bacs_debit"]},
        {"STRIPE_API_BASE": "http://127.0.0.1:8421"},
        {"STRIPE_API_KEY": "sk_live_1"},
    ],
)
def test_good_settings(settings, changes):
    assert found(settings, **changes) == []


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"STRIPE_API_KEY": ""}, ["stripe_payments.E001"]),
        ({"STRIPE_WEBHOOK_SECRET": ""}, ["stripe_payments.E001"]),
        (
            {"STRIPE_API_KEY": "sk_live_1", "STRIPE_API_BASE": "http://127.0.0.1:8421"},
            ["stripe_payments.E002"],
        ),
        ({"STRIPE_API_BASE": "https://evil.example"}, ["stripe_payments.E003"]),
        ({"STRIPE_API_BASE": "http://api.stripe.com"}, ["stripe_payments.E003"]),
        ({"STRIPE_STATEMENT_SUFFIX": "A*"}, ["stripe_payments.E004"]),
        ({"STRIPE_STATEMENT_SUFFIX": "ONLINE ORDER"}, ["stripe_payments.E004"]),
        ({"STRIPE_STATEMENT_PREFIX": "S"}, ["stripe_payments.E004"]),
        ({"STRIPE_PAYMENT_METHODS": []}, ["stripe_payments.E005"]),
        ({"STRIPE_PAYMENT_METHODS": ["card", "klarna"]}, ["stripe_payments.E005"]),
    ],
)
def test_bad_settings(settings, changes, ids):
    assert found(settings, **changes) == ids


def test_nothing_is_checked_for_another_provider(settings):
    assert found(settings, PAYMENT_PROVIDER="x", STRIPE_API_KEY="") == []
