"""Sessions that stand at the provider, but not, or not fully, in our rows."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils import timezone
from prices import Money
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.services.locks import lock_order, lock_session

_SESSION_KEY = re.compile(r"^stillwater-session-(\d+)$")
_NUMBER = re.compile(r"^\d{1,9}$")
_TOKEN_LEAST = 8  # characters; fewer would not tell one shop's order from another's


def adopt_session(
    *, provider: str, reference: str, session_key: str, order_token: str
) -> PaymentSession | None:
    """Write down a session that the provider opened and that nobody noted, as after a crash.

    `session_key` is the idempotency key it was opened with and `order_token` the beginning of
    its order's token. Returns None if no session waits for its reference.
    """
    match = _SESSION_KEY.match(session_key)
    row = PaymentSession.objects.filter(pk=match[1]).first() if match else None
    if row is None or not (order_token and row.order.token.startswith(order_token)):
        return None
    with transaction.atomic():
        lock_order(row.order_id)
        return _adopt(lock_session(row.pk), provider, reference)


def rebuild_session(
    *, provider: str, reference: str, order_number: str, order_token: str, amount: Money
) -> PaymentSession | None:
    """Write down a paid session whose row is gone, as after a backup was restored.

    Number and token (its beginning) together name an order of ours, live or released; returns
    None if they do not. The row is not active: nobody is to be sent to that page again.
    """
    order = _named(order_number, order_token)
    if order is None:
        return None
    with transaction.atomic():
        lock_order(order.pk)
        row, _ = PaymentSession.objects.get_or_create(
            provider=provider,
            reference=reference,
            defaults={
                "order": order,
                "state": SessionStatus.CANCELED,
                "amount_value": amount.amount,
                "currency": amount.currency,
                "expires_at": timezone.now(),
            },
        )
    return row


def _adopt(session: PaymentSession, provider: str, reference: str) -> PaymentSession | None:
    if session.reference:
        return session if session.reference == reference else None
    session.provider, session.reference = provider, reference
    if session.state == SessionStatus.NEW:
        session.state = SessionStatus.OPEN
    session.save(update_fields=["provider", "reference", "state"])
    return session


def _named(number: str, token: str) -> Order | None:
    if not _NUMBER.match(number) or len(token) < _TOKEN_LEAST:
        return None
    return Order.objects.confirmed().filter(pk=number, token__startswith=token).first()
