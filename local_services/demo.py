"""`make demo`: an order in each state in the running shop, for whoever changes a page.

Everything is done by the shop's own services and paid in its Stripe sandbox, so the orders,
their e-mails and their stock are what the shop itself makes of them. A state counts as there
while an order of `EMAIL` to its name is in it; one that has gone on since (an unpaid order is
released after a while) gets a new order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus

import requests
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.crypto import get_random_string
from prices import Money
from saleor.account.models import User
from saleor.discount import DiscountValueType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order
from saleor.product.models import ProductVariant

from dashboard.admin.filters import ORDER_WORK
from dashboard.policies import PaymentState
from dashboard.selectors.orders import orders_with_payment, payment_state_of
from dashboard.services.packing import claim, report_parcel
from local_services.messages import CannotRunError, say
from local_services.processes import wait_until
from local_services.shop_database import STAFF_EMAIL
from plugins.discreet_shipping.collection_points import points_near
from plugins.fulfilment.exchanges import exchange_offers
from plugins.fulfilment.models import ReturnReason, ReturnState, ShipmentState
from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import (
    announce_return,
    close_settled_returns,
    record_return,
    set_return_state,
)
from plugins.ordering.ending import NOT_PAID_IN_TIME, release_order
from plugins.ordering.holds import Visitor
from plugins.ordering.links import order_link
from plugins.ordering.order_state import note_order
from plugins.ordering.paying import start_payment
from plugins.ordering.pieces import pieces_to_send
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import cancel_order, request_refund
from storefront.basket_changes import add_to_basket, apply_code
from storefront.checkout import list_delivery_methods, set_address, set_delivery
from storefront.discretion import keep_choices

EMAIL = "demo@stillwater.example"
_ADDRESS = {
    "first_name": "Demo",
    "street_address_1": "1 Quiet Lane",
    "city": "Leeds",
    "postal_code": "LS1 1AA",
    "country": "GB",
}
_GOOD_CARD, _DISPUTED_CARD = "4242424242424242", "4000000000000259"
_WAIT_SECONDS = 60  # a worker has other tasks, and a laptop other work
_Step = Callable[[Order, User], object]


def _pay(order: Order, _staff: User, card: str = _GOOD_CARD) -> None:
    """Pay on the sandbox's page; its webhook tells the shop."""
    page = start_payment(order_id=order.pk).url
    if page is None:
        return  # gift cards or a voucher have paid
    form = {"method": "card", "number": card}
    answer = requests.post(page, form, allow_redirects=False, timeout=_WAIT_SECONDS)
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise CannotRunError(f"The sandbox took no payment of order {order.pk}.")
    paid = orders_with_payment().filter(pk=order.pk, settled=True)
    if not wait_until(paid.exists, _WAIT_SECONDS):
        raise CannotRunError(f"The shop has not heard of the payment of order {order.pk}.")


def _open_payment(order: Order, _staff: User) -> None:
    start_payment(order_id=order.pk)


def _release(order: Order, _staff: User) -> None:
    release_order(order_id=order.pk, reason=NOT_PAID_IN_TIME)


def _cancel(order: Order, staff: User) -> None:
    cancel_order(order_id=order.pk, actor_id=staff.pk, reason="Asked by the customer.")


def _make_late(order: Order, _staff: User) -> None:
    # No service sets back when an order was placed.
    Order.objects.filter(pk=order.pk).update(created=order.created - timedelta(days=9))


def _note(order: Order, staff: User) -> None:
    note_order(order_id=order.pk, message="Please pack this one with care.", actor_id=staff.pk)


def _pack(order: Order, staff: User) -> None:
    claim(order_id=order.pk, packer=staff)


def _send(order: Order, staff: User) -> None:
    fulfil(order_id=order.pk, pieces=pieces_to_send(order), actor_id=staff.pk)


def _send_part(order: Order, staff: User) -> None:
    first = dict([next(iter(pieces_to_send(order).items()))])
    fulfil(order_id=order.pk, pieces=first, actor_id=staff.pk, tracking_number="DEMO123456789GB")


def _report(report: ShipmentState, order: Order, staff: User) -> None:
    report_parcel(order_id=order.pk, report=report, actor=staff)


def _set_return(state: ReturnState, order: Order, staff: User) -> None:
    set_return_state(order_id=order.pk, state=state, actor_id=staff.pk)


def _look_at_return(order: Order, staff: User) -> None:
    pieces = dict(order.lines.values_list("pk", "quantity_fulfilled"))
    record_return(order_id=order.pk, pieces=pieces, sealed=True, sound=True, actor_id=staff.pk)


def _announce(order: Order, _staff: User) -> None:
    pieces = {order.lines.order_by("pk").values_list("pk", flat=True)[0]: 1}
    message = "Thank you for the quick delivery."
    announce_return(order_id=order.pk, pieces=pieces, sealed=True, message=message)


def _announce_exchange(order: Order, _staff: User) -> None:
    """Ask for another size of the first line that can be exchanged without paying more."""
    offers = exchange_offers(order).items()
    fitting = [
        (line, o) for line, sizes in offers for o in sizes if o.left and o.difference.amount <= 0
    ]
    if not fitting:
        raise CannotRunError("Nothing in this shop can be exchanged for another size.")
    line_id, offer = fitting[0]
    announce_return(
        order_id=order.pk,
        pieces={line_id: 1},
        reason=ReturnReason.OTHER_SIZE,
        sealed=True,
        wanted={line_id: offer.variant_id},
    )


def _exchange(order: Order, staff: User) -> None:
    about = order.returns.get()
    pieces = dict(about.lines.values_list("line", "announced"))
    record_return(order_id=order.pk, pieces=pieces, sealed=True, sound=True, actor_id=staff.pk)
    agree_exchange(return_id=about.pk, actor_id=staff.pk)
    close_settled_returns(order_id=order.pk, actor_id=staff.pk)


def _refund(amount: str, order: Order, staff: User) -> None:
    """Ask for this sum back, or with "" for all that was paid."""
    money = Money(Decimal(amount), order.currency) if amount else None
    key, reason = f"demo-{order.pk}", "The parcel came late."
    request_refund(order_id=order.pk, key=key, reason=reason, amount=money, user_id=staff.pk)


def _gift_card(worth: str) -> str:
    balance = {
        name: Decimal(worth) for name in ("initial_balance_amount", "current_balance_amount")
    }
    code = get_random_string(16, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    return GiftCard.objects.create(code=code, currency=settings.DEFAULT_CURRENCY, **balance).code


def _free_voucher() -> str:
    values = {"discount_value": Decimal(100), "discount_value_type": DiscountValueType.PERCENTAGE}
    code = f"DEMO{get_random_string(8, '23456789')}"
    return Voucher.objects.create(code=code, usage_limit=1, **values).code


@dataclass(frozen=True)
class State:
    """A state and the way to it.

    `work` are the values of the order list's filter under which its order is found, `payment`
    the word for how it is paid. `code` makes a gift card or a voucher for the basket;
    `collect`: it goes to a collection point. `sizes`: something that is sold in several sizes is
    in it. `pieces` of each thing are in the basket.
    """

    title: str
    work: tuple[str, ...]
    payment: str
    steps: tuple[_Step, ...]
    code: Callable[[], str] | None = None
    collect: bool = False
    sizes: bool = False
    pieces: int = 1

    def orders(self) -> QuerySet[Order]:
        """Return the demo orders that are in this state now."""
        mine = {"user_email": EMAIL, "shipping_address__last_name": self.title}
        every = orders_with_payment().filter(**mine)
        found = every.filter(pk__in=[o.pk for o in every if payment_state_of(o) == self.payment])
        for name in self.work:
            found = found.filter(ORDER_WORK[name]())
        return found.order_by("pk")


_PAID = PaymentState.PAID
_SENT: tuple[_Step, ...] = (_pay, _send)
_EXPECT = partial(_set_return, ReturnState.EXPECTED)
_UNOPENED = partial(_set_return, ReturnState.ARRIVED)
_READY = partial(_report, ShipmentState.READY)
_ARRIVE = partial(_report, ShipmentState.DELIVERED)
# In the order of an order's life. "Placed today" is no state: all but the late one are in it.
STATES = (
    State("Waiting for payment", ("waiting",), PaymentState.WAITING, (_open_payment,)),
    State("Large", ("waiting", "large"), PaymentState.WAITING, (_open_payment,), pieces=5),
    State("Paid", ("to_pack",), _PAID, (_pay,)),
    State("Late", ("to_pack", "late"), _PAID, (_pay, _make_late)),
    State("With a note", ("to_pack",), _PAID, (_pay, _note)),
    State("Paid by gift card", ("to_pack",), _PAID, (_pay,), partial(_gift_card, "500")),
    State("Part paid by gift card", ("to_pack",), _PAID, (_pay,), partial(_gift_card, "10")),
    State("Free", ("to_pack",), _PAID, (_pay,), _free_voucher),
    State("Disputed", ("attention",), _PAID, (partial(_pay, card=_DISPUTED_CARD),)),
    State("Being packed", ("to_pack",), _PAID, (_pay, _pack)),
    State("Part sent", ("to_pack",), _PAID, (_pay, _send_part)),
    State("Sent", ("sent",), _PAID, _SENT),
    State("To collect", ("sent",), _PAID, (*_SENT, _READY), collect=True),
    State("Arrived", ("sent",), _PAID, (*_SENT, _ARRIVE)),
    State("Return announced", ("sent", "return_expected"), _PAID, (*_SENT, _announce)),
    State("Return expected", ("sent", "return_expected"), _PAID, (*_SENT, _EXPECT)),
    State("Return arrived", ("sent", "return_arrived"), _PAID, (*_SENT, _UNOPENED)),
    State("Returned", ("sent", "return_done"), _PAID, (*_SENT, _UNOPENED, _look_at_return)),
    State(
        "Exchange",
        ("sent", "return_done"),
        _PAID,
        (*_SENT, _announce_exchange, _exchange),
        sizes=True,
    ),
    State(
        "Part refunded", ("sent",), PaymentState.PARTLY_REFUNDED, (*_SENT, partial(_refund, "2"))
    ),
    State("Refunded", ("sent",), PaymentState.REFUNDED, (*_SENT, partial(_refund, ""))),
    State("Cancelled", ("canceled",), PaymentState.REFUNDED, (_pay, _cancel)),
    State("Released", ("canceled",), PaymentState.NONE, (_open_payment, _release)),
)


def fill() -> None:
    """Make the orders that are not there yet, and print a line for each state."""
    try:
        for state in STATES:
            known = state.orders().last()
            _print(state, known or _make(state), "there already" if known else "new")
    except (CannotRunError, requests.RequestException) as error:
        sys.exit(f"stillwater: {error}")


def _make(state: State) -> Order:
    staff, order = User.objects.get(email=STAFF_EMAIL), place(state)
    for step in state.steps:
        step(order, staff)
        order.refresh_from_db()
    # Disputes and refunds are the worker's; `orders` says who is in the state when it is asked.
    if not wait_until(lambda: state.orders().filter(pk=order.pk).exists(), _WAIT_SECONDS):
        raise CannotRunError(f"Order {order.pk} did not become: {state.title}. Run it again.")
    return order


def place(state: State) -> Order:
    """Place the order of a state, before any of its steps; raises CannotRunError."""
    token = None
    for variant_id in _variants(sizes=state.sizes):
        token = add_to_basket(token=token, variant_id=variant_id, quantity=state.pieces).token
    if token is None:
        raise CannotRunError("Nothing in this shop is in stock.")
    set_address(token=token, email=EMAIL, address=_ADDRESS | {"last_name": state.title})
    set_delivery(token=token, method_id=list_delivery_methods(token)[0].id)
    if state.collect:
        point = points_near(country=_ADDRESS["country"], postcode=_ADDRESS["postal_code"])[0]
        keep_choices(token=token, data={"point": point.point.code})
    if state.code:
        apply_code(token=token, code=state.code())
    # Only of an order that a visitor placed are the pieces noted, by which a large one is known.
    visitor = Visitor() if "large" in state.work else None
    return Order.objects.get(pk=place_order(checkout_token=token, visitor=visitor).order_id)


def _variants(*, sizes: bool) -> list[int]:
    """Return the two best stocked variants: two, so that a part can be sent.

    With `sizes`, of those whose product is sold in another size at the same price.
    """
    sold = ProductVariant.objects.filter(product__is_published=True, stocks__quantity__gt=0)
    if sizes:
        plain = ProductVariant.objects.filter(price_override_amount=None)
        other = plain.filter(product=OuterRef("product")).exclude(pk=OuterRef("pk"))
        sold = sold.filter(Exists(other), price_override_amount=None)
    return list(sold.order_by("-stocks__quantity", "pk").values_list("pk", flat=True)[:2])


def _print(state: State, order: Order, news: str) -> None:
    staff = settings.PUBLIC_URL + reverse("admin:order_order_change", args=[order.pk])
    say(f"{state.title:<23} {order.pk:>6}  {news:<13}  {staff}  {order_link(order=order)}")
