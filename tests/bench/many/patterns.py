"""A few orders that the shop's own services make, one or more of each kind, to be copied.

Copies of what the services write stay true when these change; hand-written rows would not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prices import Money
from saleor.account.models import User
from saleor.order.models import Order
from saleor.product.models import ProductVariant

from plugins.fulfilment.packing import fulfil
from plugins.ordering.attention import flag_order
from plugins.ordering.ending import release_order
from plugins.ordering.models import PaymentSession
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.pieces import pieces_to_send
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import cancel_order, request_refund
from storefront.basket_changes import add_to_basket
from storefront.checkout import list_delivery_methods, set_address, set_delivery

FIRST_NAME, LAST_NAME = "Pattern", "Person"  # every copy gets a name of its own in their place
EMAIL = "pattern@example.org"
ADDRESS = {
    "first_name": FIRST_NAME,
    "last_name": LAST_NAME,
    "street_address_1": "1 Quiet Lane",
    "city": "Leeds",
    "postal_code": "LS1 1AA",
    "country": "GB",
}
TWO_YEARS = 730.0


@dataclass(frozen=True)
class Pattern:
    """An order to copy: its share of all orders, and how old its copies are, in days."""

    order_id: int
    share: float
    youngest: float
    oldest: float


def make_patterns(*, customer: User, keeper: User) -> Iterator[Pattern]:
    """Make the orders, some of a customer and some of guests; a keeper of stock sends them.

    The shares are a guess at a shop that sends what was paid within two days.
    """
    baskets = list(_baskets())
    for number, lines in enumerate(baskets):
        order = _paid(lines, customer if number % 2 else None)
        fulfil(order_id=order.pk, pieces=pieces_to_send(order), actor_id=keeper.pk)
        yield Pattern(order.pk, 0.92 / len(baskets), 2, TWO_YEARS)
    for number, lines in enumerate(baskets[:4]):
        order = _paid(lines, customer if number % 2 else None)
        # One waits longer than any weekend, so that some are late whatever day it is.
        yield Pattern(order.pk, 0.005 / 4, *((4, 6) if number == 0 else (0, 2)))
    yield from _unusual(baskets[2], keeper)


def _unusual(lines: list[int], keeper: User) -> Iterator[Pattern]:
    """Make one order of each kind that needs a second look, or none any more."""
    yield Pattern(_placed(lines).pk, 0.001, 0, 0.02)
    released = _placed(lines)
    release_order(order_id=released.pk, reason="not paid in time")
    yield Pattern(released.pk, 0.04, 1, TWO_YEARS)
    cancelled = _paid(lines)
    cancel_order(order_id=cancelled.pk, actor_id=keeper.pk, reason="asked by the customer")
    yield Pattern(cancelled.pk, 0.02, 1, TWO_YEARS)
    flagged = _paid(lines)
    flag_order(order_id=flagged.pk, reason="many", message="The address looks odd.")
    yield Pattern(flagged.pk, 0.0005, 0, 10)
    yield Pattern(_sent_in_part(lines, keeper).pk, 0.001, 0, 5)
    yield Pattern(_refunded_in_part(lines, keeper).pk, 0.0125, 10, TWO_YEARS)


def _sent_in_part(lines: list[int], keeper: User) -> Order:
    order = _paid(lines)
    line_id, pieces = next(iter(pieces_to_send(order).items()))
    fulfil(order_id=order.pk, pieces={line_id: pieces}, actor_id=keeper.pk)
    return order


def _refunded_in_part(lines: list[int], keeper: User) -> Order:
    order = _paid(lines)
    fulfil(order_id=order.pk, pieces=pieces_to_send(order), actor_id=keeper.pk)
    back = Money("2.00", order.currency)
    request_refund(order_id=order.pk, key=f"many-{order.pk}", reason="late", amount=back)
    return order


def _baskets() -> Iterator[list[int]]:
    """Yield the variants of a dozen baskets of one to three kinds, from all that is sold."""
    variants = ProductVariant.objects.filter(
        product__is_published=True, stocks__quantity__gte=20
    ).order_by("pk")
    ids = list(variants.values_list("pk", flat=True))
    for number in range(12):
        yield [ids[(number * 3 + line) % len(ids)] for line in range(1 + number % 3)]


def _placed(variant_ids: list[int], user: User | None = None) -> Order:
    token = None
    for variant_id in dict.fromkeys(variant_ids):
        token = add_to_basket(token=token, variant_id=variant_id, quantity=1).token
    set_address(token=token, email=EMAIL, address=ADDRESS)
    set_delivery(token=token, method_id=list_delivery_methods(token)[0].id)
    order = Order.objects.get(pk=place_order(checkout_token=token).order_id)
    if user:  # as from an account; signing in would need a session
        Order.objects.filter(pk=order.pk).update(user=user)
    return order


def _paid(variant_ids: list[int], user: User | None = None) -> Order:
    order = _placed(variant_ids, user)
    start_payment(order_id=order.pk)
    session = PaymentSession.objects.get(order=order)
    record_payment(
        provider=session.provider,
        reference=session.reference,
        amount=session.amount,
        raw_id=f"ch_many_{order.pk}",
    )
    order.refresh_from_db()
    return order
