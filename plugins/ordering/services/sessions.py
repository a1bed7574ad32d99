"""Talking to the provider about a session. Never inside a transaction."""

from __future__ import annotations

from plugins.ordering.models import PaymentSession
from plugins.ordering.payments import PaymentProvider, PaymentProviderError, get_provider
from plugins.ordering.services.record import record_payment


def close_session(session: PaymentSession) -> str:
    """Make sure that nothing more can be paid in `session`; return "closed", "paid" or "open".

    A payment that the provider has already taken is recorded. "open" also stands for a
    provider that cannot be reached: the money may still come.
    """
    if not session.reference:
        return "closed"  # never opened, so no customer has its page
    try:
        state = provider_of(session).close(reference=session.reference)
    except PaymentProviderError:
        return "open"
    if state.state == "paid" and state.amount is not None:
        record_payment(
            provider=session.provider,
            reference=session.reference,
            amount=state.amount,
            raw_id=state.raw_id,
        )
    return state.state


def provider_of(session: PaymentSession) -> PaymentProvider:
    """Return the provider that opened the session; PaymentProviderError if it is gone."""
    provider = get_provider()
    if session.provider not in {"", provider.name}:
        raise PaymentProviderError(f"{session.provider} is not the payment provider any more")
    return provider
