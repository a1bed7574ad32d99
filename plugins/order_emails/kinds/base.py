"""What a kind of e-mail is made of, and the table of all kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from saleor.order import FulfillmentStatus, OrderEvents, OrderStatus
from saleor.order.models import Fulfillment, Order, OrderEvent
from saleor.warehouse.models import Stock

from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.holds import is_large
from plugins.ordering.models import PAYABLE, PaymentSession
from plugins.ordering.order_messages import EMAIL_KINDS, Fact
from plugins.ordering.pieces import pieces_to_send

Context = dict[str, Any]
ContextOf = Callable[[OutgoingEmail], Context]
Lazy = Any  # a text that is translated when it is read


class Audience(Enum):
    """Who gets an e-mail, which also decides where its recipient and its subject come from."""

    CUSTOMER = "customer"  # of an order; sender and subject stand in its Discretion Contract
    ACCOUNT = "account"  # a user, or an address that was theirs
    NOTICE = "notice"  # somebody who asked for one e-mail and may have no account
    STAFF = "staff"  # settings.STAFF_EMAILS


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value that may stand in a text as {name}; `required` texts do not work without it."""

    help: Lazy
    sample: Any
    required: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of an e-mail. Blank lines part paragraphs; {names} are placeholders.

    `subject` and `preheader` are empty for a customer's order: they were promised to them.
    """

    heading: Lazy
    opening: Lazy
    button: Lazy = ""
    closing: Lazy = ""
    subject: Lazy = ""
    preheader: Lazy = ""


TEXT_FIELDS = ("subject", "preheader", "heading", "opening", "button", "closing")


def _always(_email: OutgoingEmail) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of e-mail.

    `context` returns the placeholders' values, and `details` that the kind's own templates lay
    out below its texts. `is_needed` is asked when it is sent: what is no longer true is skipped.
    """

    name: str
    title: Lazy
    audience: Audience
    texts: Texts
    context: ContextOf
    placeholders: Mapping[str, Placeholder] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    is_needed: Callable[[OutgoingEmail], bool] = _always

    def sample(self) -> Context:
        """Return a context for a preview without an order."""
        values = {name: item.sample for name, item in self.placeholders.items()}
        return {"url": f"{settings.PUBLIC_URL}/", **values, **self.details}


# Which fact each value of a customer's e-mail tells. A value that is not here cannot be sent.
FACTS_OF: Mapping[str, frozenset[Fact]] = {
    name: frozenset(facts)
    for name, facts in {
        "url": (Fact.LINK, Fact.BASKET),
        "number": (Fact.NUMBER,),
        "placed_on": (Fact.DAY,),
        "sent_on": (Fact.DAY,),
        "held_until": (Fact.DAY,),
        "why": (Fact.PAYMENT, Fact.MONEY_BACK),
        "what_now": (Fact.PAYMENT,),
        "money_note": (Fact.PAYMENT,),
        "what": (Fact.CHANGE,),
        "sums": (Fact.AMOUNTS,),
        "paid_by": (Fact.AMOUNTS,),
        "total": (Fact.AMOUNTS,),
        "amount": (Fact.MONEY_BACK,),
        "how": (Fact.MONEY_BACK,),
        "delivery_name": (Fact.DELIVERY,),
        "parcel_sender": (Fact.SENDER,),
        "tracking": (Fact.TRACKING,),
        "address": (Fact.ADDRESS,),
        "hours": (Fact.ADDRESS,),
        "last_day": (Fact.ADDRESS,),
        "lines": (Fact.ITEMS,),
    }.items()
}


def only_promised(context: Context, inside: frozenset[Fact]) -> Context:
    """Return the context with every value empty that tells a fact which was not promised."""
    return {
        name: value if FACTS_OF[name] & inside else type(value)() for name, value in context.items()
    }


def _require_facts(kind: str, values: set[str]) -> None:
    """Refuse a kind with a value of which nobody said which fact it tells, before it is sent."""
    if unknown := values - FACTS_OF.keys():
        raise ValueError(f"Say in FACTS_OF what {kind} tells by {', '.join(sorted(unknown))}.")


KINDS: dict[str, Kind] = {}


def email(
    *,
    title: Lazy,
    audience: Audience,
    texts: Texts,
    placeholders: Mapping[str, Placeholder] | None = None,
    details: Mapping[str, Any] | None = None,
    is_needed: Callable[[OutgoingEmail], bool] = _always,
) -> Callable[[ContextOf], ContextOf]:
    """Register the decorated function, under its own name, as a kind of e-mail.

    The function returns the context of one row of the outbox. `details` are samples of what it
    returns beside the placeholders.
    """

    def register(context: ContextOf) -> ContextOf:
        name = context.__name__
        if name in EMAIL_KINDS:
            _require_facts(name, {*(placeholders or {}), *(details or {})})
        KINDS[name] = Kind(
            name=name,
            title=title,
            audience=audience,
            texts=texts,
            context=context,
            placeholders=placeholders or {},
            details=details or {},
            is_needed=is_needed,
        )
        return context

    return register


def link(path: str) -> str:
    """Return the absolute address of a path of the shop."""
    return f"{settings.PUBLIC_URL}{path}"


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
