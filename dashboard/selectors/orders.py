"""Find orders by number, by e-mail, or by the work they need."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import (
    DecimalField,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.payment import ChargeStatus
from saleor.payment.models import Payment

from dashboard.policies import PaymentState, earliest_on_time_day, payment_state
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import COMING_BACK, LOOKED_AT, OPEN_RETURNS, Return, ReturnState
from plugins.ordering.holds import is_large
from plugins.ordering.models import OrderFlag, RefundPart, RefundStatus
from plugins.ordering.order_messages import CONTRACT_KEY
from plugins.ordering.order_state import DISPUTE_REASONS, PLACEMENT_KEY
from product_content.languages import midnight
from product_content.parsing import normal_email, parse_id

_GIVEN_BACK = (ChargeStatus.PARTIALLY_REFUNDED, ChargeStatus.FULLY_REFUNDED)
_PARTS_TO_CARDS = RefundPart.objects.filter(gift_card__isnull=False).exclude(
    state=RefundStatus.FAILED
)
_OPEN = Q(status__in=(OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED))
_OPEN_FLAGS = OrderFlag.objects.order_by().filter(order=OuterRef("pk"), settled_at=None)
NEEDS_ATTENTION = Q(Exists(_OPEN_FLAGS))
DISPUTED = Q(Exists(_OPEN_FLAGS.filter(reason__in=DISPUTE_REASONS)))
# Whoever looks at a flagged order decides first whether its parcel may leave.
TO_PACK = _OPEN & Q(settled=True) & ~NEEDS_ATTENTION
# A refunded order is not settled either, but waits for nothing.
WAITING_FOR_PAYMENT = _OPEN & Q(settled=False, back=False)


def large_and_unpaid() -> Q:
    """Return the condition that an order waits for its payment and holds many pieces."""
    return WAITING_FOR_PAYMENT & Q(is_large("pk"))


def _gone_back() -> Q:
    """Return `back` by ids: to ask each order in turn reads nearly all for the few."""
    by_payment = Payment.objects.order_by().filter(charge_status__in=_GIVEN_BACK)
    to_cards = _PARTS_TO_CARDS.order_by().values("refund__order_id")
    return Q(pk__in=by_payment.values("order_id").union(to_cards))


CANCELLED = Q(status=OrderStatus.CANCELED)
# By the words of `payment_state`, for rows of `orders_with_payment`.
PAYMENT_STATES: dict[str, Q] = {
    PaymentState.PAID: Q(settled=True, back=False),
    PaymentState.WAITING: Q(settled=False, back=False) & ~CANCELLED,
    PaymentState.PARTLY_REFUNDED: Q(_gone_back(), kept=True),
    PaymentState.REFUNDED: Q(_gone_back(), kept=False),
    PaymentState.NONE: Q(settled=False, back=False) & CANCELLED,
}
SENT = Q(status=OrderStatus.FULFILLED)


def _has_return(*states: ReturnState) -> Exists:
    return Exists(Return.objects.order_by().filter(order=OuterRef("pk"), state__in=states))


RETURN_EXPECTED = Q(_has_return(*COMING_BACK))
RETURN_ARRIVED = Q(_has_return(ReturnState.ARRIVED))
RETURN_DONE = Q(_has_return(*LOOKED_AT)) & ~Q(_has_return(*OPEN_RETURNS))


def orders_with_payment() -> QuerySet[Order]:
    """Return all orders but drafts, with the facts of `payment_state_of`.

    `settled` (all was taken once), `back` (money went back) and `kept` (some of it is ours).
    """
    return Order.objects.confirmed().annotate(settled=_settled(), back=_back(), kept=_kept())


def payment_state_of(order: Order) -> str:
    """Return how an order of `orders_with_payment` is paid, in the words that staff see."""
    return payment_state(
        settled=order.settled,
        back=order.back,
        kept=order.kept,
        cancelled=order.status == OrderStatus.CANCELED,
    )


def orders_by_email(part: str) -> tuple[QuerySet[Any, Any], ...]:
    """Return the ids of orders whose e-mail, and of those whose customer's, has this part.

    An index serves each of the two queries, and none serves their OR.
    """
    part = normal_email(part)
    on_order = Order.objects.order_by().filter(user_email__icontains=part)
    of_account = Order.objects.order_by().filter(
        user__in=User.objects.order_by().filter(email__icontains=part)
    )
    return on_order.values("pk"), of_account.values("pk")


def placed_today() -> Q:
    """Return the condition that an order was placed since midnight in the shop's time zone."""
    return Q(created__gte=midnight(timezone.localdate()))


def _settled() -> Exists:
    """Return whether the whole total was taken, as `plugins.ordering.is_paid` says it.

    A partly refunded payment was taken in full before, and the rest is still to be sent. So was a
    wholly refunded one where gift cards paid as well, and may have paid for what is to be sent.
    """
    whole = Q(charge_status=ChargeStatus.FULLY_CHARGED) & Q(
        captured_amount__gte=OuterRef("total_gross_amount")
    )
    partly_back = Q(charge_status=ChargeStatus.PARTIALLY_REFUNDED)
    by_card = Order.gift_cards.through.objects.filter(order_id=OuterRef("order_id"))
    back = Q(charge_status=ChargeStatus.FULLY_REFUNDED) & Q(Exists(by_card))
    return Exists(Payment.objects.filter(whole | partly_back | back, order=OuterRef("pk")))


_TAKEN = (ChargeStatus.FULLY_CHARGED, ChargeStatus.PARTIALLY_REFUNDED)


def _back() -> Q:
    by_payment = Payment.objects.filter(order=OuterRef("pk"), charge_status__in=_GIVEN_BACK)
    return Q(Exists(by_payment)) | Q(Exists(_to_cards()))


def _kept() -> Q:
    """Return whether money of a payment or a gift card is left, as `refund_plans` says it."""
    of_payment = Payment.objects.filter(
        order=OuterRef("pk"), charge_status__in=_TAKEN, captured_amount__gt=0
    )
    sums = _to_cards().order_by().values("refund__order").annotate(sum=Sum("amount_value"))
    to_cards = Coalesce(Subquery(sums.values("sum")), Decimal(0))
    return Q(Exists(of_payment)) | Q(GreaterThan(_SPENT_BY_CARDS, to_cards))


# What placing took of gift cards stands in the order's private metadata, by card.
_SPENT_BY_CARDS = Func(
    KT(f"private_metadata__{PLACEMENT_KEY}__gift_cards"),
    template="(SELECT coalesce(sum(value::numeric), 0) "
    "FROM jsonb_each_text(nullif(%(expressions)s, '')::jsonb))",
    output_field=DecimalField(),
)


def _to_cards() -> QuerySet[RefundPart]:
    return _PARTS_TO_CARDS.filter(refund__order=OuterRef("pk"))


# The day before which the customer does not want the parcel, as text; "" for none.
WANTED_FROM = Coalesce(KT(f"metadata__{CONTRACT_KEY}__choices__not_before"), Value("", TextField()))


def is_late() -> Q:
    """Return the condition that an order is to be packed and should have left before today.

    The time of placing stands for that of paying: unpaid orders are released within the hour.
    An order with a "not before" day in the future is not late.
    """
    today = timezone.localdate()
    first = earliest_on_time_day(today=today, weekdays=current_settings().weekdays)
    is_wanted = LessThanOrEqual(WANTED_FROM, Value(today.isoformat(), TextField()))
    return TO_PACK & Q(created__lt=midnight(first)) & Q(is_wanted)


def order_by_number(typed: str) -> Order | None:
    """Return the order with this number, with or without #, or None."""
    number = parse_number(typed)
    return Order.objects.confirmed().filter(pk=number).first() if number is not None else None


def parse_number(typed: str) -> int | None:
    """Return the number that was typed, with or without #, or None if it cannot be an id."""
    return parse_id(typed.strip().lstrip("#"))
