"""What the Stripe tests share: a sandbox in its own process, and orders that wait for money."""

import pytest

from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from plugins.stripe_payments.client import RetryingClient
from tests.factories import basket, variant_in_stock
from tests.functional.stripe.sandbox import API_KEY, SECRET, Sandbox


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory):
    sandbox = Sandbox(tmp_path_factory.mktemp("stripe"), "", "--async-delay", "3600")
    sandbox.start()
    yield sandbox
    sandbox.kill()


@pytest.fixture
def sandbox(running_sandbox, settings, monkeypatch):
    """The sandbox, and the shop's settings that lead to it. It sends nothing by itself."""
    settings.PAYMENT_PROVIDER = "plugins.stripe_payments.provider.StripePayments"
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = API_KEY, SECRET
    settings.STRIPE_API_BASE = running_sandbox.url
    running_sandbox.control("behave")
    monkeypatch.setattr(RetryingClient, "_sleep_time_seconds", no_pause)
    return running_sandbox


def no_pause(client, retries):
    """Return how long the SDK waits before a retry."""
    return 0


@pytest.fixture
def variant():
    return variant_in_stock(9)


@pytest.fixture
def checkout(variant):
    return basket((variant, 2))


@pytest.fixture
def placed(sandbox, checkout, settings):
    """An order whose payment page is open, for cards and bank debits."""
    settings.STRIPE_PAYMENT_METHODS = ["card", "bacs_debit"]
    order = place_order(checkout_token=checkout.pk)
    start_payment(order_id=order.order_id)
    return order


@pytest.fixture
def session(placed):
    return PaymentSession.objects.get(order_id=placed.order_id)
