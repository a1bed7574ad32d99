"""A payment provider that takes no money, for development."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac
from prices import Money

from plugins.ordering.payments import OpenedSession, RefundState, SessionState
from plugins.ordering.selectors import get_payment_view

NAME = "local"
_signer = Signer(salt="plugins.local_payments")


def sign(reference: str) -> str:
    """Return the reference as the page's address carries it."""
    return _signer.sign(reference)


def unsign(signed: str) -> str | None:
    """Return the reference, or None for an address that we did not make."""
    try:
        return _signer.unsign(signed)
    except BadSignature:
        return None


class LocalPayments:
    """The `PaymentProvider` behind /pay/local/. It keeps no state of its own.

    The page records its outcome at once, so our own session row says all there is to know.
    """

    name = NAME

    def __init__(self) -> None:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("The local payment page cannot run in production.")

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
        """Return the page for this key: the same key, the same page."""
        reference = salted_hmac("plugins.local_payments", idempotency_key).hexdigest()
        path = reverse("local_payments:pay", args=[sign(reference)])
        return OpenedSession(reference=reference, url=f"{settings.PUBLIC_URL}{path}")

    def smallest_charge(self, *, currency: str) -> Money:
        """Return nothing: play money has no minimum."""
        return Money(0, currency)

    def close(self, *, reference: str) -> SessionState:
        """Say how the session ended; the page refuses it once the order is released."""
        state = self.look_up(reference=reference)
        return SessionState("closed") if state.state == "open" else state

    def look_up(self, *, reference: str) -> SessionState:
        """Say how the session stands."""
        view = get_payment_view(provider=NAME, reference=reference)
        if view is None:
            return SessionState("closed")
        if view.paid:
            return SessionState("paid", amount=view.amount, raw_id=charge_id(reference))
        return SessionState("open" if view.payable else "closed")

    def refund(self, *, charge: str, amount: Money, key: str) -> RefundState:
        """Give back money that was never taken."""
        return RefundState("succeeded", reference=f"local-refund-{key}"[:120])


def charge_id(reference: str) -> str:
    """Return the id of the session's one charge."""
    return f"local-charge-{reference[:16]}"
