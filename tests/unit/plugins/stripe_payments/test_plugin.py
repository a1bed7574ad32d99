"""Stripe behind Saleor's plugins manager."""

from decimal import Decimal

import pytest
from prices import Money
from saleor.payment.interface import PaymentData
from saleor.plugins.manager import get_plugins_manager

from plugins.ordering.outcomes import OrderReleased, PaymentStart
from plugins.ordering.payment_provider import PaymentProviderError, RefundState, SessionState
from plugins.stripe_payments import plugin
from plugins.stripe_payments.checks import PROVIDER_PATH
from plugins.stripe_payments.plugin import StripePaymentsPlugin

pytestmark = pytest.mark.django_db
GATEWAY = StripePaymentsPlugin.PLUGIN_ID


class Provider:
    """Answers what the test says."""

    answer = None

    def look_up(self, *, reference):
        return self._say()

    def refund(self, *, charge, amount, key):
        self.asked = (charge, amount, key)
        return self._say()

    def _say(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def provider(settings, monkeypatch):
    settings.PAYMENT_PROVIDER = PROVIDER_PATH
    provider = Provider()
    monkeypatch.setattr(plugin, "StripePayments", lambda: provider)
    return provider


def data(**changes):
    fields = {
        "amount": Decimal("41.00"),
        "currency": "GBP",
        "billing": None,
        "shipping": None,
        "order_id": 7,
        "customer_ip_address": None,
        "customer_email": "",
        "token": "cs_1",
    }
    return PaymentData(**{**fields, **changes})


def ask(method, **changes):
    return getattr(get_plugins_manager(), method)(GATEWAY, data(**changes))


def starting(monkeypatch, start):
    monkeypatch.setattr(plugin, "start_payment", lambda **_: start)


def test_processing_leads_to_the_page(provider, monkeypatch):
    starting(monkeypatch, PaymentStart("https://pay.test"))
    answer = ask("process_payment")
    assert (answer.is_success, answer.action_required) == (True, True)
    assert answer.raw_response == {"url": "https://pay.test"}


def test_processing_a_free_order_needs_no_page(provider, monkeypatch):
    starting(monkeypatch, PaymentStart(None))
    answer = ask("process_payment")
    assert (answer.is_success, answer.action_required) == (True, False)


def test_processing_a_released_order_is_refused_in_words(provider, monkeypatch):
    def refuse(order_id):
        raise OrderReleased

    monkeypatch.setattr(plugin, "start_payment", refuse)
    answer = ask("process_payment")
    assert (answer.is_success, answer.error) == (False, OrderReleased.message)


@pytest.mark.parametrize("method", ["confirm_payment", "capture_payment"])
@pytest.mark.parametrize(
    ("state", "success", "error"),
    [
        (SessionState("paid", Money("41.00", "GBP"), "pi_1"), True, None),
        (SessionState("paid", Money("40.99", "GBP"), "pi_1"), False, "wrong amount"),
        (SessionState("paid", Money("41.00", "EUR"), "pi_1"), False, "wrong amount"),
        (SessionState("open"), False, "not paid"),
        (SessionState("closed"), False, "not paid"),
        (PaymentProviderError("down"), False, "down"),
    ],
)
def test_confirming_asks_stripe(provider, method, state, success, error):
    provider.answer = state
    answer = ask(method)
    assert (answer.is_success, answer.error, answer.kind) == (success, error, "capture")


@pytest.mark.parametrize(
    ("state", "success", "error"),
    [
        (RefundState("succeeded", "re_1"), True, None),
        (RefundState("pending", "re_1"), True, None),
        (RefundState("failed", "re_1", "charge_disputed"), False, "charge_disputed"),
        (PaymentProviderError("down"), False, "down"),
    ],
)
def test_refunding(provider, state, success, error):
    provider.answer = state
    answer = ask("refund_payment", token="pi_1")
    assert (answer.is_success, answer.error, answer.kind) == (success, error, "refund")
    assert provider.asked == ("pi_1", Money("41.00", "GBP"), "saleor-7-pi_1-41.00")


def test_clients_are_told_to_follow_a_redirect_and_get_no_key(provider):
    (gateway,) = [g for g in get_plugins_manager().list_payment_gateways() if g["id"] == GATEWAY]
    assert gateway["config"] == [{"field": "flow", "value": "redirect"}]


def test_it_is_off_where_another_provider_takes_the_money(settings):
    settings.PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
    gateways = [g["id"] for g in get_plugins_manager().list_payment_gateways()]
    assert GATEWAY not in gateways
