"""Marks for staff, and sessions that were opened but not written down."""

from __future__ import annotations

import re

from django.db import transaction
from saleor.order.models import Order

from plugins.ordering.marks import ATTENTION
from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.services.locks import lock_order, lock_session
from plugins.ordering.services.notes import attention_of, flag, unneeded_payments

_SESSION_KEY = re.compile(r"^stillwater-session-(\d+)$")


@transaction.atomic
def flag_order(*, order_id: int, reason: str, message: str) -> None:
    """Mark an order for staff, once per reason; `message` goes into its history."""
    order, _checkout = lock_order(order_id)
    if reason not in attention_of(order):
        flag(order, reason, message)


@transaction.atomic
def unflag_order(*, order_id: int, reason: str) -> None:
    """Take one reason for attention away; other reasons stay."""
    order, _checkout = lock_order(order_id)
    reasons = [known for known in attention_of(order) if known != reason]
    if reasons:
        order.store_value_in_private_metadata({ATTENTION: reasons})
    else:
        order.delete_value_from_private_metadata(ATTENTION)
    order.save(update_fields=["private_metadata"])


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


def _adopt(session: PaymentSession, provider: str, reference: str) -> PaymentSession | None:
    if session.reference:
        return session if session.reference == reference else None
    session.provider, session.reference = provider, reference
    if session.state == SessionStatus.NEW:
        session.state = SessionStatus.OPEN
    session.save(update_fields=["provider", "reference", "state"])
    return session


def is_unneeded(*, order_id: int, raw_id: str) -> bool:
    """Say whether this charge pays for nothing and is to be given back."""
    return raw_id in unneeded_payments(Order.objects.get(pk=order_id))
