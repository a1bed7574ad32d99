"""Refuse settings that Stripe would refuse, before a customer finds out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, register

from plugins.ordering.payment_provider import PAYMENT_METHODS
from plugins.stripe_payments.policies import NOT_TAKEN, line_allowed

PROVIDER_PATH = "plugins.stripe_payments.provider.StripePayments"
STRIPE = "api.stripe.com"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@register("stripe")
def check_settings(*_args: Any, **_kwargs: Any) -> list[Error]:
    """Check the keys, the address and the statement text, where Stripe takes the payments."""
    if settings.PAYMENT_PROVIDER != PROVIDER_PATH:
        return []
    return [*_keys(), *_address(), *_statement(), *_methods(), *_currency()]


def _keys() -> list[Error]:
    missing = [
        name for name in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET") if not getattr(settings, name)
    ]
    return [Error(f"{name} is not set.", id="stripe_payments.E001") for name in missing]


def _address() -> list[Error]:
    base = urlsplit(settings.STRIPE_API_BASE)
    if base.hostname == STRIPE and base.scheme == "https":
        return []
    if "_live_" in settings.STRIPE_API_KEY:
        return [Error("A live key goes to Stripe only.", id="stripe_payments.E002")]
    if base.hostname not in _LOOPBACK:
        message = "STRIPE_API_BASE must be Stripe or a sandbox on this machine."
        return [Error(message, id="stripe_payments.E003")]
    return []


def _statement() -> list[Error]:
    prefix, suffix = settings.STRIPE_STATEMENT_PREFIX, settings.STRIPE_STATEMENT_SUFFIX
    allowed, reason = line_allowed(prefix, suffix)
    return [] if allowed else [Error(f"{reason}.", id="stripe_payments.E004")]


def _methods() -> list[Error]:
    unknown = sorted(set(settings.STRIPE_PAYMENT_METHODS) - set(PAYMENT_METHODS))
    if settings.STRIPE_PAYMENT_METHODS and not unknown:
        return []
    known = ", ".join(PAYMENT_METHODS)
    message = f"STRIPE_PAYMENT_METHODS must be some of {known}: what they do is said to customers."
    return [Error(message, id="stripe_payments.E005")]


def _currency() -> list[Error]:
    if settings.DEFAULT_CURRENCY not in NOT_TAKEN:
        return []
    message = f"Stripe takes no {settings.DEFAULT_CURRENCY}: choose another DEFAULT_CURRENCY."
    return [Error(message, id="stripe_payments.E006")]
