"""Reading orders and their payment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from prices import Money
from saleor.order import FulfillmentStatus, OrderStatus
from saleor.order.models import Order
from saleor.payment import ChargeStatus

from plugins.ordering.marks import ATTENTION, DISPUTED, PACKING_KEY
from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.payments import get_provider
from plugins.ordering.policies import Answer, may_cancel, total_payable

_SENT = (OrderStatus.FULFILLED, OrderStatus.PARTIALLY_FULFILLED)
_GIVEN_BACK = (ChargeStatus.PARTIALLY_REFUNDED, ChargeStatus.FULLY_REFUNDED)


def is_paid(order: Order) -> bool:
    """Say whether the order's whole total has been taken (a zero total counts once settled).

    Money that was given back later had been taken before; on a released order it never paid.
    """
    whole = Q(
        charge_status=ChargeStatus.FULLY_CHARGED, captured_amount__gte=order.total_gross_amount
    )
    if order.status != OrderStatus.CANCELED:
        whole |= Q(charge_status__in=_GIVEN_BACK, total__gte=order.total_gross_amount)
    return bool(order.payments.filter(whole).exists())


def may_be_canceled(order: Order) -> Answer:
    """Say whether `cancel_order` would cancel this order now; the reason is for the customer."""
    if order.status == OrderStatus.CANCELED:
        return False, "This order is canceled already."
    private = order.private_metadata or {}
    has_left = order.fulfillments.exclude(status=FulfillmentStatus.CANCELED).exists()
    return may_cancel(
        sent=has_left or order.status in _SENT,
        packing=PACKING_KEY in private,
        disputed=not DISPUTED.isdisjoint(private.get(ATTENTION, [])),
    )


def can_be_charged(total: Money) -> Answer:
    """Say whether the payment provider takes such a sum; the reason is for the customer."""
    return total_payable(total=total, least=get_provider().smallest_charge(currency=total.currency))


def live_order_for_checkout(checkout_token: UUID | str) -> Order | None:
    """Return the order that was made from this basket and still stands, paid or not."""
    orders = Order.objects.exclude(status=OrderStatus.CANCELED)
    return orders.filter(checkout_token=str(checkout_token)).first()


@dataclass(frozen=True)
class PaymentView:
    """What a payment page may know: no name, no e-mail, no product."""

    order_id: int
    order_number: str
    order_token: str
    language: str
    amount: Money
    payable: bool
    paid: bool


def get_payment_view(*, provider: str, reference: str) -> PaymentView | None:
    """Return the session with this reference as its payment page shows it."""
    session = (
        PaymentSession.objects.select_related("order")
        .filter(~Q(reference=""), provider=provider, reference=reference)
        .first()
    )
    if session is None:
        return None
    return PaymentView(
        order_id=session.order_id,
        order_number=str(session.order_id),
        order_token=session.order.token,
        language=session.order.language_code,
        amount=session.amount,
        payable=session.state == SessionStatus.OPEN,
        paid=session.state == SessionStatus.PAID,
    )
