"""Open the payment of an order, and keep what its customer ticked beside the button."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.email_promises import receipt_address
from plugins.ordering.ending import why_kept
from plugins.ordering.holds import hold_of, usual_hold
from plugins.ordering.locks import lock_checkout, lock_order, lock_session
from plugins.ordering.models import ACTIVE, PAYABLE, PaymentSession, SessionStatus
from plugins.ordering.order_messages import is_ticked
from plugins.ordering.order_state import is_paid, placed_by
from plugins.ordering.outcomes import (
    OrderReleased,
    PaymentBeingChecked,
    PaymentProcessing,
    PaymentStart,
    PaymentUnavailable,
)
from plugins.ordering.payment_provider import OpenedSession, PaymentProviderError, get_provider
from plugins.ordering.payment_recording import apply_payment, close_session
from plugins.ordering.placing import OPENING_MARGIN, new_session
from plugins.ordering.saleor_patches import one_configuration
from product_content.languages import prefix


@transaction.atomic
def keep_ticks(*, checkout_token: UUID, ticks: Mapping[str, bool]) -> None:
    """Keep what is ticked beside the button (`TICKS`) with the basket; gone baskets are left.

    From there it goes to the order.
    """
    checkout = lock_checkout(checkout_token)
    if checkout is None or all(is_ticked(checkout, key) == on for key, on in ticks.items()):
        return
    for key in ticks:
        checkout.delete_value_from_metadata(key)
    checkout.store_value_in_metadata({key: True for key, on in ticks.items() if on})
    checkout.save(update_fields=["metadata"])


NOTHING_TO_PAY = "nothing_to_pay"
MAX_SESSIONS = 3  # of one order: each holds its stock anew, and nobody is to hold it for ever
_MAX_ATTEMPTS = 3


def start_payment(*, order_id: int) -> PaymentStart:
    """Return the page where exactly the stored total of the order is paid.

    Asking again gives the same page while its session is open. `url` is None when nothing
    is left to pay: an order with a zero total (gift card, 100 % voucher) is completed here
    without any provider.

    Raises OrderReleased, PaymentBeingChecked, PaymentProcessing (a bank debit is on its way), or
    PaymentUnavailable when the provider cannot be reached (the order stays held; ask again).
    """
    for _ in range(_MAX_ATTEMPTS):
        session = _payable_session(order_id)
        if session is None:
            return PaymentStart(url=None)
        url = _open(session)
        if url:
            return PaymentStart(url=url)
    raise PaymentUnavailable


def _payable_session(order_id: int) -> PaymentSession | None:
    """Return the session to pay in, or None when nothing is left to pay."""
    sessions = PaymentSession.objects.select_related("order")
    session = sessions.filter(order_id=order_id, state__in=ACTIVE).first()
    if session is None:
        _refuse_unless_paid(Order.objects.get(pk=order_id))
        return None
    if session.state == SessionStatus.PROCESSING:
        raise PaymentProcessing
    if session.amount.amount == 0:
        _complete_free(session)
        return None
    return _replace(session) if _is_late(session) else session


def _refuse_unless_paid(order: Order) -> None:
    if order.status == OrderStatus.CANCELED:
        raise OrderReleased
    if not is_paid(order):
        raise PaymentBeingChecked


def _complete_free(session: PaymentSession) -> None:
    with transaction.atomic(), one_configuration():
        order, checkout = lock_order(session.order_id)
        session = lock_session(session.pk)
        if session.state != SessionStatus.NEW:
            return
        session.provider, session.reference = NOTHING_TO_PAY, session.idempotency_key
        session.save(update_fields=["provider", "reference"])
        apply_payment(order, checkout, session, session.amount, session.reference)


def _is_late(session: PaymentSession) -> bool:
    """Say whether less than the provider's shortest time is left to open the session.

    An idempotency key goes with one end time, so a late first try needs a new session.
    """
    return not session.reference and _end_at_provider(session) - timezone.now() < usual_hold()


def _end_at_provider(session: PaymentSession) -> datetime:
    """Return when the provider ends the session: it knows no shorter one than the usual.

    A large order is held for less; whoever releases it closes the session there.
    """
    shortest = session.created_at + usual_hold()
    if session.expires_at >= shortest or hold_of(session.order) >= usual_hold():
        return session.expires_at
    return shortest + OPENING_MARGIN


def _replace(session: PaymentSession) -> PaymentSession | None:
    """Put a new session in the place of one that cannot be used any more."""
    with transaction.atomic():
        order, _checkout = lock_order(session.order_id)
        current = lock_session(session.pk)
        if (current.state, current.reference) == (session.state, session.reference):
            current.state = SessionStatus.EXPIRED
            current.save(update_fields=["state"])
            return new_session(order, hold_of(order))
    return _payable_session(session.order_id)  # another request was quicker


def _open(session: PaymentSession) -> str:
    """Return the url to pay at, or "" when the order has to be looked at afresh."""
    if not session.url:
        return _store(session, _opened_at_provider(session))
    if session.expires_at > timezone.now():
        return session.url
    if close_session(session) == "open":
        raise why_kept(session.order_id)
    if PaymentSession.objects.filter(order=session.order_id).count() >= MAX_SESSIONS:
        raise OrderReleased  # the sweeper comes within a minute
    _replace(session)
    return ""


def _opened_at_provider(session: PaymentSession) -> OpenedSession:
    order = session.order
    here = f"{settings.PUBLIC_URL}{prefix(order.language_code)}"
    try:
        return get_provider().open(
            order_number=str(order.pk),
            order_token=order.token,
            amount=session.amount,
            expires_at=_end_at_provider(session),
            return_url=f"{here}/orders/{order.token}/",
            cancel_url=f"{here}/basket/"
            if order.checkout_token and not placed_by(order)
            else f"{here}/orders/{order.token}/",
            idempotency_key=session.idempotency_key,
            receipt_email=receipt_address(order),
        )
    except PaymentProviderError as error:
        raise PaymentUnavailable from error


def _store(session: PaymentSession, opened: OpenedSession) -> str:
    """Keep what the provider gave, in one statement, unless the session ended meanwhile.

    Parallel requests store the same: the provider gives one session for one key.
    """
    session.provider, session.reference = get_provider().name, opened.reference
    waiting = PaymentSession.objects.filter(pk=session.pk, state__in=PAYABLE)
    if waiting.filter(reference__in=("", opened.reference)).update(
        provider=session.provider,
        reference=opened.reference,
        url=opened.url,
        told=dict(opened.told),
        state=SessionStatus.OPEN,
    ):
        return opened.url
    close_session(session)
    return ""
