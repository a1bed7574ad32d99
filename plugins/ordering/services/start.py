"""Open the payment of an order."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.errors import OrderReleased, PaymentBeingChecked, PaymentUnavailable
from plugins.ordering.models import ACTIVE, PaymentSession, SessionStatus
from plugins.ordering.payments import OpenedSession, PaymentProviderError, get_provider
from plugins.ordering.plugin import one_configuration
from plugins.ordering.results import PaymentStart
from plugins.ordering.selectors import is_paid
from plugins.ordering.services.create import new_session
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.record import settle
from plugins.ordering.services.sessions import close_session

NOTHING_TO_PAY = "nothing_to_pay"
_ROUNDS = 3


def start_payment(*, order_id: int) -> PaymentStart:
    """Return the page where exactly the stored total of the order is paid.

    Asking again gives the same page while its session is open. `url` is None when nothing
    is left to pay: an order with a zero total (gift card, 100 % voucher) is completed here
    without any provider.

    Raises OrderReleased, PaymentBeingChecked, or PaymentUnavailable when the provider
    cannot be reached (the order stays held; ask again).
    """
    for _ in range(_ROUNDS):
        session = _payable_session(order_id)
        if session is None:
            return PaymentStart(url=None)
        url = _open(session)
        if url:
            return PaymentStart(url=url)
    raise PaymentUnavailable


def _payable_session(order_id: int) -> PaymentSession | None:
    """Return the session to pay in, or None when the order is paid."""
    with transaction.atomic(), one_configuration():
        order, checkout = lock_order(order_id)
        if is_paid(order):
            return None
        _refuse_unpayable(order)
        session = order.payment_sessions.filter(state__in=ACTIVE).first()
        if session is None:
            raise PaymentBeingChecked
        if session.amount.amount == 0:
            _complete_free(order, checkout, session)
            return None
        return _replace_unopened(order, session)


def _refuse_unpayable(order: Order) -> None:
    if order.status == OrderStatus.CANCELED:
        raise OrderReleased


def _complete_free(order: Order, checkout: object, session: PaymentSession) -> None:
    session.provider = NOTHING_TO_PAY
    session.reference = session.idempotency_key
    session.save(update_fields=["provider", "reference"])
    settle(order, checkout, session, session.amount, session.reference)  # type: ignore[arg-type]


def _replace_unopened(order: Order, session: PaymentSession) -> PaymentSession:
    """Return a session that still has the provider's shortest time before it.

    An idempotency key goes with one end time, so a late first try needs a new session.
    """
    shortest = timedelta(minutes=settings.RESERVATION_MINUTES)
    if session.reference or session.expires_at - timezone.now() >= shortest:
        return session
    _end(session)
    return new_session(order)


def _end(session: PaymentSession) -> None:
    session.state = SessionStatus.EXPIRED
    session.save(update_fields=["state"])


def _open(session: PaymentSession) -> str:
    """Return the url to pay at, or "" when the order has to be looked at afresh."""
    if not session.reference:
        return _store(session, _opened_at_provider(session))
    if session.expires_at > timezone.now():
        return session.url
    return _renew(session)


def _renew(session: PaymentSession) -> str:
    """End a session whose time is over; the next round opens a new one."""
    if close_session(session) == "open":
        raise PaymentUnavailable
    with transaction.atomic():
        order, _checkout = lock_order(session.order_id)
        current = order.payment_sessions.filter(pk=session.pk, state__in=ACTIVE).first()
        if current is not None:
            _end(current)
            new_session(order)
    return ""


def _opened_at_provider(session: PaymentSession) -> OpenedSession:
    order = session.order
    try:
        return get_provider().open(
            order_number=str(order.pk),
            order_token=order.token,
            amount=session.amount,
            expires_at=session.expires_at,
            return_url=f"{settings.PUBLIC_URL}/orders/{order.token}/",
            cancel_url=f"{settings.PUBLIC_URL}/basket/",
            idempotency_key=session.idempotency_key,
        )
    except PaymentProviderError as error:
        raise PaymentUnavailable from error


def _store(session: PaymentSession, opened: OpenedSession) -> str:
    """Keep what the provider gave, unless the order was released or paid meanwhile."""
    with transaction.atomic():
        order, _checkout = lock_order(session.order_id)
        current = order.payment_sessions.filter(pk=session.pk).get()
        if current.state == SessionStatus.OPEN:
            return current.url  # a parallel request stored the same session
        if current.state == SessionStatus.NEW:
            return _opened(current, opened)
    session.provider, session.reference = get_provider().name, opened.reference
    close_session(session)
    return ""


def _opened(session: PaymentSession, opened: OpenedSession) -> str:
    session.provider = get_provider().name
    session.reference, session.url = opened.reference, opened.url
    session.state = SessionStatus.OPEN
    session.save(update_fields=["provider", "reference", "url", "state"])
    return opened.url
