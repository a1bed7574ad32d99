"""What has happened to an order or a stock, as far as e-mails ask."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from saleor.order import FulfillmentStatus, OrderEvents, OrderStatus
from saleor.order.models import Fulfillment, Order, OrderEvent
from saleor.warehouse.models import Stock

from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.hold_limits import is_large
from plugins.ordering.models import PAYABLE, PaymentSession
from plugins.ordering.pieces import pieces_to_send

CHANGE = "event-"  # begins the dedup_key of a change; the event's id follows
FULFILLMENT = "fulfillment-"  # begins the dedup_key of a parcel; the fulfilment's id follows


def was_paid(order_id: int) -> bool:
    """Say whether the order was ever paid, also if the money went back since."""
    events = OrderEvent.objects.filter(order_id=order_id, type=OrderEvents.ORDER_FULLY_PAID)
    return bool(events.exists())


def was_declined(order_id: int) -> bool:
    """Say whether a try to pay for the order did not work."""
    events = OrderEvent.objects.filter(order_id=order_id, type=OrderEvents.PAYMENT_FAILED)
    return bool(events.exists())


def orders_soon_released(within: timedelta) -> list[int]:
    """Return the ids of unpaid orders whose hold ends within that time, and nobody was told."""
    now = timezone.now()
    told = OutgoingEmail.objects.filter(order=OuterRef("order"), kind="payment_needed")
    sessions = PaymentSession.objects.filter(
        ~Exists(told),
        state__in=PAYABLE,
        expires_at__gt=now,
        expires_at__lte=now + within,
    )
    # A large order is held for little more than `within`: nobody is reminded at once.
    sessions = sessions.filter(Q(created_at__lte=now - within / 2) | ~Q(is_large("order")))
    return list(sessions.order_by("expires_at").values_list("order_id", flat=True))


def was_moved(order_id: int, dedup_key: str) -> bool:
    """Say whether the change with this dedup key was one of the address."""
    number = dedup_key.removeprefix(CHANGE)
    moves = OrderEvent.objects.filter(order_id=order_id, type=OrderEvents.UPDATED_ADDRESS)
    return number.isdecimal() and bool(moves.filter(pk=int(number)).exists())


def is_cancelled(order: Order) -> bool:
    """Say whether the order was cancelled."""
    return bool(order.status == OrderStatus.CANCELED)


def parcels_of(order: Order, dedup_key: str = "") -> QuerySet[Fulfillment]:
    """Return the parcels of the order that left: the one of the dedup key, or all without a key."""
    parcels = order.fulfillments.exclude(status=FulfillmentStatus.CANCELED)
    number = dedup_key.removeprefix(FULFILLMENT)
    return parcels.filter(pk=int(number)) if number.isdecimal() else parcels


def stock_of(about: str) -> Stock | None:
    """Return the stock of an e-mail about "stock-<id>", with its `available_quantity`."""
    number = about.partition("-")[2]
    stocks = Stock.objects.select_related("product_variant", "warehouse")
    pk = int(number) if number.isdecimal() else None
    return stocks.annotate_available_quantity().filter(pk=pk).first()


def changes_by_staff(order_id: int) -> list[str]:
    """Return one dedup key per change of the address by somebody of the shop."""
    moves = OrderEvent.objects.filter(order_id=order_id, type=OrderEvents.UPDATED_ADDRESS)
    by_staff = moves.filter(user__is_staff=True).values_list("pk", flat=True)
    return [f"{CHANGE}{pk}" for pk in by_staff]


def parcels_left(order_id: int) -> tuple[str, str]:
    """Return kind and dedup key of the e-mail about the parcels that have left by now.

    The dedup_key names the newest parcel, so that parcels that left together make one e-mail.
    What was refunded is never sent, so nothing is said to follow it.
    """
    order = Order.objects.get(pk=order_id)
    newest = parcels_of(order).values_list("pk", flat=True).last()
    kind = "partly_sent" if pieces_to_send(order) else "sent"
    return kind, f"{FULFILLMENT}{newest}"
