"""Reading orders and their payment."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from prices import Money
from saleor.order import FulfillmentStatus, OrderStatus
from saleor.order.models import Order
from saleor.payment import ChargeStatus

from plugins.ordering.marks import ATTENTION, DISPUTED, PACKING_KEY
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
