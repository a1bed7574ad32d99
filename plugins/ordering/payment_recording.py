"""Record what a provider says about a payment session. All money that came in is recorded.

Closing a session asks the provider, so it must not happen inside a transaction.
"""

from __future__ import annotations

import logging
import re

from django.db import transaction
from django.utils import timezone
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order import OrderStatus
from saleor.order.actions import handle_fully_paid_order
from saleor.order.events import payment_captured_event, payment_failed_event
from saleor.order.models import Order
from saleor.payment import ChargeStatus, TransactionError, TransactionKind
from saleor.payment.models import Payment, Transaction

from plugins.ordering.invoices import issue_invoice
from plugins.ordering.locks import lock_order, lock_session
from plugins.ordering.models import ACTIVE, PAYABLE, PaymentSession, SessionStatus
from plugins.ordering.order_state import (
    UNNEEDED_REASONS,
    flag_locked_order,
    is_paid,
    note_unneeded_payment,
)
from plugins.ordering.outcomes import PaymentOutcome, UnknownPayment
from plugins.ordering.payment_provider import PaymentProvider, PaymentProviderError, get_provider
from plugins.ordering.policies import payment_settles
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.signals import order_paid, payment_failed


def payment_of(session: PaymentSession, order: Order) -> Payment:
    """Return the one Payment of a locked session, made when first needed.

    Billing name and address are left out: they stand on the order, once.
    """
    payment, _ = Payment.objects.get_or_create(
        order=order,
        gateway=session.provider,
        token=session.reference[:128],
        defaults={"total": session.amount_value, "currency": session.currency},
    )
    return payment


def add_transaction(
    payment: Payment, amount: Money, raw_id: str, *, error: str | None = None
) -> bool:
    """Write down what the provider reported, once per `raw_id`; return whether it was new."""
    known = payment.transactions.filter(token=raw_id[:128], is_success=error is None)
    if known.exists():
        return False
    Transaction.objects.create(
        payment=payment,
        token=raw_id[:128],
        kind=TransactionKind.CAPTURE,
        is_success=error is None,
        amount=amount.amount,
        currency=amount.currency,
        error=error,
        gateway_response={},
    )
    return True


logger = logging.getLogger(__name__)


def record_payment(
    *, provider: str, reference: str, amount: Money, raw_id: str, order_number: str = ""
) -> PaymentOutcome:
    """Record `amount`, taken in the session `reference`; `raw_id` is the provider's charge.

    `order_number` is the order that the provider names, if it names any.

    The first payment of the right amount pays the order: Saleor's paid events and plugins
    run once and the basket is deleted. The same charge again changes nothing. Money that
    does not fit (wrong amount, currency or order number, order released or paid already) is
    recorded, and the order is flagged for staff.

    Raises UnknownPayment when there is no such session.
    """
    session_id, order_id = _find(provider, reference)
    with transaction.atomic(), one_configuration():
        order, checkout = lock_order(order_id)
        named = order_number in {"", str(order.pk)}
        return apply_payment(order, checkout, lock_session(session_id), amount, raw_id, named=named)


def record_payment_failure(
    *, provider: str, reference: str, raw_id: str, message: str = "declined"
) -> None:
    """Record a declined try, once per `raw_id`; the order and its session stay open.

    Raises UnknownPayment when there is no such session.
    """
    session_id, order_id = _find(provider, reference)
    with transaction.atomic():
        order, _checkout = lock_order(order_id)
        session = lock_session(session_id)
        payment = payment_of(session, order)
        declined = TransactionError.DECLINED.value
        if add_transaction(payment, session.amount, raw_id, error=declined):
            payment_failed_event(order=order, user=None, message=message, payment=payment)
            payment_failed.send(Order, order_id=order.pk)


def record_processing(*, session_id: int) -> None:
    """Note that the customer has paid by bank debit and the bank has not answered yet.

    The order stays held, and nobody is asked to pay, until the provider says how it ended.
    """
    order_id = PaymentSession.objects.values_list("order_id", flat=True).get(pk=session_id)
    with transaction.atomic():
        lock_order(order_id)
        session = lock_session(session_id)
        if session.state in PAYABLE:
            session.state = SessionStatus.PROCESSING
            session.save(update_fields=["state"])


def is_processing(order_id: int) -> bool:
    """Say whether a bank payment of the order is on its way."""
    sessions = PaymentSession.objects.filter(order_id=order_id, state=SessionStatus.PROCESSING)
    return sessions.exists()


def apply_payment(
    order: Order,
    checkout: Checkout | None,
    session: PaymentSession,
    amount: Money,
    raw_id: str,
    *,
    named: bool = True,
) -> PaymentOutcome:
    """Record a payment on locked rows and let it pay the order if it fits."""
    payment = payment_of(session, order)
    settled, cancelled = is_paid(order), order.status == OrderStatus.CANCELED
    if not add_transaction(payment, amount, raw_id):
        stands = settled and not cancelled
        return _outcome(order, "already_paid" if stands else "needs_attention")
    fits, reason = payment_settles(
        due=order.total.gross, amount=amount, cancelled=cancelled, settled=settled, named=named
    )
    _end_session(session)
    if amount == session.amount and (fits or reason in UNNEEDED_REASONS):
        _charge(payment, amount)
    if not fits:
        note_unneeded_payment(order, raw_id, reason)
        return _needs_attention(order, amount, reason)
    _complete(order, checkout, payment)
    return _outcome(order, "paid")


def _find(provider: str, reference: str) -> tuple[int, int]:
    sessions = PaymentSession.objects.exclude(reference="")
    found = sessions.filter(provider=provider, reference=reference)
    ids = found.values_list("pk", "order_id").first()
    if ids is None:
        raise UnknownPayment
    return ids


def _end_session(session: PaymentSession) -> None:
    session.state = SessionStatus.PAID
    session.save(update_fields=["state"])


def _charge(payment: Payment, amount: Money) -> None:
    # Money of another amount or currency is not counted: it would make Saleor call the
    # order paid. Its Transaction row says what came in.
    payment.captured_amount += amount.amount
    payment.charge_status = ChargeStatus.FULLY_CHARGED
    payment.is_active = True
    payment.save(update_fields=["captured_amount", "charge_status", "is_active", "modified"])


def _complete(order: Order, checkout: Checkout | None, payment: Payment) -> None:
    PaymentSession.objects.filter(order=order, state__in=ACTIVE).update(
        state=SessionStatus.CANCELED
    )
    payment_captured_event(order=order, user=None, amount=payment.captured_amount, payment=payment)
    handle_fully_paid_order(order)
    order_paid.send(Order, order_id=order.pk)
    issue_invoice(order)
    if checkout is not None:
        _delete_basket(checkout)


def _delete_basket(checkout: Checkout) -> None:
    addresses = {checkout.billing_address_id, checkout.shipping_address_id} - {None}
    is_guest = checkout.user_id is None
    checkout.delete()
    if is_guest:  # a customer's own addresses stay in the address book
        Address.objects.filter(pk__in=addresses, user_addresses=None).delete()


def _needs_attention(order: Order, amount: Money, reason: str) -> PaymentOutcome:
    words = reason.replace("_", " ")
    what_now = "It goes back by itself" if reason in UNNEEDED_REASONS else "Please look at it"
    flag_locked_order(
        order, reason, f"{amount.amount} {amount.currency} came in: {words}. {what_now}."
    )
    logger.error("payment of order %s needs attention: %s", order.pk, reason)
    return _outcome(order, "needs_attention")


def _outcome(order: Order, state: str) -> PaymentOutcome:
    return PaymentOutcome(order.pk, order.token, state)  # type: ignore[arg-type]


def close_session(session: PaymentSession) -> str:
    """Make sure that nothing more can be paid in `session`; return "closed", "paid" or "open".

    A payment that the provider has already taken is recorded. "open" also stands for a bank
    payment on its way, and a provider that cannot be reached: the money may still come.
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
    if state.state == "processing":
        record_processing(session_id=session.pk)
        return "open"
    return state.state


def provider_of(session: PaymentSession) -> PaymentProvider:
    """Return the provider that opened the session; PaymentProviderError if it is gone."""
    provider = get_provider()
    if session.provider not in {"", provider.name}:
        raise PaymentProviderError(f"{session.provider} is not the payment provider any more")
    return provider


_SESSION_KEY = re.compile(r"^stillwater-session-(\d+)$")
_ORDER_NUMBER = re.compile(r"^\d{1,9}$")
_MIN_TOKEN_LENGTH = 8  # characters; fewer would not tell one shop's order from another's


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
    order = _find_order(order_number, order_token)
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


def _find_order(number: str, token: str) -> Order | None:
    if not _ORDER_NUMBER.match(number) or len(token) < _MIN_TOKEN_LENGTH:
        return None
    return Order.objects.confirmed().filter(pk=number, token__startswith=token).first()
