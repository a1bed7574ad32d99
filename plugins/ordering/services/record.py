"""Record what a provider says about a payment. The money is written down in every case."""

from __future__ import annotations

import logging

from django.db import transaction
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order import OrderStatus
from saleor.order.actions import handle_fully_paid_order
from saleor.order.events import payment_captured_event, payment_failed_event
from saleor.order.models import Order
from saleor.payment import ChargeStatus, TransactionError
from saleor.payment.models import Payment

from plugins.ordering.errors import UnknownPayment
from plugins.ordering.models import ACTIVE, PaymentSession, SessionStatus
from plugins.ordering.plugin import one_configuration
from plugins.ordering.policies import payment_settles
from plugins.ordering.results import PaymentOutcome
from plugins.ordering.selectors import is_paid
from plugins.ordering.services.locks import lock_order, lock_session
from plugins.ordering.services.notes import PAYS_FOR_NOTHING, flag, note_unneeded
from plugins.ordering.services.payments import add_transaction, payment_of
from plugins.ordering.signals import payment_failed

logger = logging.getLogger(__name__)


def record_payment(
    *, provider: str, reference: str, amount: Money, raw_id: str, order_number: str = ""
) -> PaymentOutcome:
    """Record `amount`, taken in the session `reference`; `raw_id` is the provider's charge.

    `order_number` is the order that the provider names, if it names any.

    The first payment of the right amount pays the order: Saleor's paid events and plugins
    run once and the basket is deleted. The same charge again changes nothing. Money that
    does not fit (wrong amount, currency or order number, order released or paid already) is
    recorded, and the order is flagged for staff in private_metadata["needs_attention"].

    Raises UnknownPayment when there is no such session.
    """
    session_id, order_id = _find(provider, reference)
    with transaction.atomic(), one_configuration():
        order, checkout = lock_order(order_id)
        named = order_number in {"", str(order.pk)}
        return settle(order, checkout, lock_session(session_id), amount, raw_id, named=named)


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


def settle(
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
    settled, canceled = is_paid(order), order.status == OrderStatus.CANCELED
    if not add_transaction(payment, amount, raw_id):
        stands = settled and not canceled
        return _outcome(order, "already_paid" if stands else "needs_attention")
    fits, reason = payment_settles(
        due=order.total.gross, amount=amount, canceled=canceled, settled=settled, named=named
    )
    _end_session(session)
    if amount == session.amount and (fits or reason in PAYS_FOR_NOTHING):
        _charge(payment, amount)
    if not fits:
        note_unneeded(order, raw_id, reason)
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
    what_now = "It goes back by itself" if reason in PAYS_FOR_NOTHING else "Please look at it"
    flag(order, reason, f"{amount.amount} {amount.currency} came in: {words}. {what_now}.")
    logger.error("payment of order %s needs attention: %s", order.pk, reason)
    return _outcome(order, "needs_attention")


def _outcome(order: Order, state: str) -> PaymentOutcome:
    return PaymentOutcome(order.pk, order.token, state)  # type: ignore[arg-type]
