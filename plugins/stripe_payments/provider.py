"""Stripe as the shop's payment provider (plugins.ordering.payment_provider.PaymentProvider)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from prices import Money

from plugins.ordering.models import PaymentSession
from plugins.ordering.payment_provider import (
    OpenedSession,
    PaymentProviderError,
    RefundState,
    SessionState,
)
from plugins.stripe_payments.client import (
    Stripe,
    StripeRefused,
    StripeUnavailable,
    get_stripe,
    told_in,
)
from plugins.stripe_payments.policies import (
    EXPIRY_MARGIN,
    MIN_CHARGE,
    PROVIDER,
    NewSession,
    SessionData,
    refund_state,
    session_state,
    to_smallest_unit,
)


def order_number_matches(session: SessionData) -> bool:
    """Say whether the order that Stripe names is the one the session was opened for.

    A session that we have no row of contradicts nothing.
    """
    rows = PaymentSession.objects.filter(provider=PROVIDER, reference=session.reference)
    order_id = rows.values_list("order_id", flat=True).first()
    return order_id is None or str(order_id) == session.order_number


_LOOK_BACK = timedelta(hours=1)  # a session is asked for again within its reservation


class StripePayments:
    """Opens, closes and looks up hosted Checkout Sessions."""

    name = PROVIDER

    def __init__(self, stripe: Stripe | None = None) -> None:
        self.stripe = stripe or get_stripe()

    def open(
        self,
        *,
        order_number: str,
        order_token: str,
        amount: Money,
        expires_at: datetime,
        return_url: str,
        cancel_url: str,
        idempotency_key: str,
        receipt_email: str = "",
    ) -> OpenedSession:
        """Open a page for exactly `amount`; the same key gives the same page.

        Stripe is not told the order's token: it would open the order's page to its readers.
        `receipt_email` is given only where the customer asks for Stripe's own receipt.
        """
        new = NewSession(
            # pks start afresh in a new database, keys at Stripe do not
            key=f"{idempotency_key}-{order_token[:8]}",
            order_number=order_number,
            amount=_smallest_unit(amount),
            currency=amount.currency,
            success_url=_return_url(),
            cancel_url=cancel_url,
            expires_at=int(expires_at.timestamp()) - EXPIRY_MARGIN,
            statement_suffix=settings.STRIPE_STATEMENT_SUFFIX,
            methods=tuple(settings.STRIPE_PAYMENT_METHODS),
            receipt_email=receipt_email,
        )
        session = self._create(new)
        told = told_in(new)
        return OpenedSession(reference=session.reference, url=session.url, told=told)

    def smallest_charge(self, *, currency: str) -> Money:
        """Return Stripe's minimum; zero for a currency of which we know none."""
        return Money(MIN_CHARGE.get(currency, Decimal(0)), currency)

    def close(self, *, reference: str) -> SessionState:
        """Expire the session; one that is not open any more is looked at instead."""
        try:
            return _state(self.stripe.expire_session(reference))
        except StripeRefused:
            return self.look_up(reference=reference)
        except StripeUnavailable as error:
            raise PaymentProviderError(str(error)) from error

    def look_up(self, *, reference: str) -> SessionState:
        """Ask Stripe how the session stands."""
        try:
            return _state(self.stripe.get_session(reference))
        except (StripeRefused, StripeUnavailable) as error:
            raise PaymentProviderError(str(error)) from error

    def refund(self, *, charge: str, amount: Money, key: str) -> RefundState:
        """Give money back. An earlier request with this key is looked for first."""
        try:
            made = self.stripe.list_refunds(intent=charge)
            earlier = next((refund for refund in made if refund.key == key), None)
            number = _smallest_unit(amount)
            refund = earlier or self.stripe.create_refund(intent=charge, amount=number, key=key)
        except StripeRefused as error:
            return RefundState("failed", error=error.code)
        except StripeUnavailable as error:
            raise PaymentProviderError(str(error)) from error
        return refund_state(refund)

    def _create(self, new: NewSession) -> SessionData:
        try:
            return self.stripe.create_session(new)
        except StripeRefused as error:
            raise PaymentProviderError(error.code) from error
        except StripeUnavailable as error:
            return self._find(new, error)

    def _find(self, new: NewSession, cause: StripeUnavailable) -> SessionData:
        """Look for the page of a request whose outcome is unknown; never ask for a second."""
        try:
            found = self.stripe.find_session(key=new.key, since=timezone.now() - _LOOK_BACK)
        except (StripeRefused, StripeUnavailable):
            found = None
        if found is None or not found.url:
            raise PaymentProviderError(str(cause)) from cause
        return found


def _state(session: SessionData) -> SessionState:
    if not order_number_matches(session):  # not to be counted for this order, nor released over
        raise PaymentProviderError(f"{session.reference} names another order")
    return session_state(session)


def _smallest_unit(amount: Money) -> int:
    try:
        return to_smallest_unit(amount)
    except ValueError as error:
        raise PaymentProviderError(str(error)) from error


def _return_url() -> str:
    # Stripe writes the session's id into the braces
    path = reverse("stripe_payments:return")
    return f"{settings.PUBLIC_URL}{path}?session={{CHECKOUT_SESSION_ID}}"
