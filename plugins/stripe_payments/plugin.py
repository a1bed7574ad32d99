"""Stripe as Saleor's plugins manager sees it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from prices import Money
from saleor.payment import TransactionKind
from saleor.payment.interface import GatewayResponse, PaymentData
from saleor.plugins.base_plugin import BasePlugin

from plugins.ordering.outcomes import OrderRefused
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_provider import PaymentProviderError, SessionState
from plugins.stripe_payments.checks import PROVIDER_PATH
from plugins.stripe_payments.policies import PROVIDER
from plugins.stripe_payments.provider import StripePayments


class StripePaymentsPlugin(BasePlugin):
    """Hosted Checkout behind Saleor's gateway calls.

    `PaymentData.token` is the Checkout Session for process, confirm and capture, and the
    payment intent for a refund. The books are kept by plugins.ordering, not by these calls.
    """

    PLUGIN_ID = "stillwater.stripe_payments"
    PLUGIN_NAME = "Stripe"
    PLUGIN_DESCRIPTION = "Takes payments on Stripe's hosted page. Keys come from the environment."
    DEFAULT_ACTIVE = True

    active: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.active = self.active and settings.PAYMENT_PROVIDER == PROVIDER_PATH

    def get_payment_config(self, previous_value: Any) -> Any:
        """Return what a client must know: that it is to follow a redirect. No key is needed."""
        if not self.active:
            return previous_value
        return [{"field": "flow", "value": "redirect"}]

    def process_payment(self, payment_information: PaymentData, previous_value: Any) -> Any:
        """Open the payment page; its address is in `raw_response`."""
        if not self.active:
            return previous_value
        try:
            start = start_payment(order_id=_order_id(payment_information))
        except OrderRefused as refusal:
            return _response(payment_information, error=str(refusal))
        if start.url is None:
            return _response(payment_information, is_success=True)
        return _response(payment_information, is_success=True, page=start.url)

    def confirm_payment(self, payment_information: PaymentData, previous_value: Any) -> Any:
        """Say whether the session was paid, for the amount that was asked."""
        if not self.active:
            return previous_value
        try:
            state = StripePayments().look_up(reference=payment_information.token or "")
        except PaymentProviderError as error:
            return _response(payment_information, error=str(error))
        return _confirmed(payment_information, state)

    def capture_payment(self, payment_information: PaymentData, previous_value: Any) -> Any:
        """Confirm: Checkout captures when the customer pays."""
        return self.confirm_payment(payment_information, previous_value)

    def refund_payment(self, payment_information: PaymentData, previous_value: Any) -> Any:
        """Give money of a payment intent back, once per order, intent and amount."""
        if not self.active:
            return previous_value
        token = payment_information.token or ""
        amount = Money(payment_information.amount, payment_information.currency)
        key = f"saleor-{payment_information.order_id}-{token}-{amount.amount}"
        try:
            state = StripePayments().refund(charge=token, amount=amount, key=key)
        except PaymentProviderError as error:
            return _response(payment_information, TransactionKind.REFUND, error=str(error))
        failed = state.state == "failed"
        return _response(
            payment_information,
            TransactionKind.REFUND,
            is_success=not failed,
            raw_id=state.reference,
            error=state.error or None,
        )


def _order_id(data: PaymentData) -> int:
    if data.order_id is None:
        raise OrderRefused
    return data.order_id


def _confirmed(data: PaymentData, state: SessionState) -> GatewayResponse:
    due = Money(Decimal(data.amount), data.currency)
    if state.state != "paid":
        return _response(data, error="not paid")
    if state.amount != due:
        return _response(data, error="wrong amount", raw_id=state.raw_id)
    return _response(data, is_success=True, raw_id=state.raw_id)


def _response(
    data: PaymentData,
    kind: str = TransactionKind.CAPTURE,
    *,
    is_success: bool = False,
    raw_id: str = "",
    error: str | None = None,
    page: str = "",
) -> GatewayResponse:
    return GatewayResponse(
        is_success=is_success,
        action_required=bool(page),
        kind=kind,
        amount=data.amount,
        currency=data.currency,
        transaction_id=raw_id or data.token or PROVIDER,
        error=error,
        raw_response={"url": page} if page else {},
    )
