"""Reading a placed order for the customer who holds its address."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.crypto import constant_time_compare
from prices import Money
from saleor.core.taxes import zero_money
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine

from plugins.discreet_shipping.selectors import contract_of
from plugins.ordering.discretion import message_promise
from plugins.ordering.marks import REPORTED
from plugins.ordering.models import ACTIVE, PaymentSession
from plugins.ordering.selectors import is_paid, live_order_for_checkout, may_be_canceled
from product_content.languages import spoken
from product_content.models import GuideProduct
from product_content.selectors.guide_links import guide_links
from product_content.types import GuideLink
from storefront.selectors.addresses import postal_address
from storefront.selectors.order_story import given_back, order_story, parcels_of, was_paid
from storefront.types import OrderLineView, OrderPage, OrderState, WaitingOrder

_SENT: dict[str, OrderState] = {
    OrderStatus.FULFILLED: "sent",
    OrderStatus.PARTIALLY_FULFILLED: "partly_sent",
}


def get_order_page(token: UUID) -> OrderPage | None:
    """Return the order with this token, or None. Drafts of staff are nobody's yet."""
    order = (
        Order.objects.exclude(status=OrderStatus.DRAFT)
        .select_related("shipping_address")
        .prefetch_related("lines__variant")
        .filter(token=str(token))
        .first()
    )
    return _page(order) if order else None


def waiting_order(checkout_token: UUID | None) -> WaitingOrder | None:
    """Return the order that was made from this basket and waits for its payment, if any."""
    order = live_order_for_checkout(checkout_token) if checkout_token else None
    if order is None or is_paid(order):
        return None
    return WaitingOrder(str(order.pk), UUID(order.token), _held_until(order))


def order_id_of(token: UUID) -> int | None:
    """Return the id of the order with this token, or None."""
    found = Order.objects.exclude(status=OrderStatus.DRAFT).filter(token=str(token))
    return found.values_list("pk", flat=True).first()


def order_id_for(*, number: int, email: str) -> int | None:
    """Return the id of the order with this number, if its messages go to this address.

    One query, whether there is such an order or not.
    """
    orders = Order.objects.exclude(status=OrderStatus.DRAFT).select_related("user")
    order = orders.filter(pk=number).first()
    known = order.get_customer_email() or "" if order else ""
    matches = constant_time_compare(known.lower(), email.lower())
    return order.pk if order and matches else None


def is_own_order(token: UUID, *, user_id: int) -> bool:
    """Say whether the order with this token was placed by this account."""
    return Order.objects.filter(token=str(token), user_id=user_id).exists()


def _page(order: Order) -> OrderPage:
    lines = list(order.lines.all())
    state = order_state(order)
    subtotal = sum((_line_total(line) for line in lines), zero_money(order.currency))
    before_cards = subtotal + order.shipping_price_gross - order.discount
    return OrderPage(
        id=order.pk,
        number=str(order.pk),
        token=UUID(order.token),
        state=state,
        placed_at=order.created,
        held_until=_held_until(order) if state == "waiting" else None,
        lines=tuple(_line(line) for line in lines),
        subtotal=subtotal,
        delivery=order.shipping_price_gross,
        delivery_name=spoken(order.shipping_method_name or ""),
        discount=order.discount,
        card_total=max(before_cards - order.total_gross, zero_money(order.currency)),
        total=order.total_gross,
        address=postal_address(order.shipping_address),
        parcel_lines=message_promise(order, "order_confirmed").address,
        guides=_guides({line.variant.product_id for line in lines if line.variant}),
        contract=contract_of(order),
        story=order_story(order),
        parcels=parcels_of(order),
        given_back=given_back(order),
        was_paid=was_paid(order),
        reported=["", *order.private_metadata.get(REPORTED, [])][-1],
        cancel_refusal=may_be_canceled(order)[1],
    )


def order_state(order: Order) -> OrderState:
    """Return how the order stands, in one word."""
    if order.private_metadata.get("needs_attention"):
        return "checking"
    if order.status == OrderStatus.CANCELED:
        return "cancelled" if was_paid(order) else "released"
    if order.status in _SENT:
        return _SENT[order.status]
    return "paid" if is_paid(order) else "waiting"


def _held_until(order: Order) -> datetime | None:
    sessions = PaymentSession.objects.filter(order=order, state__in=ACTIVE)
    return sessions.values_list("expires_at", flat=True).first()


def _line(line: OrderLine) -> OrderLineView:
    named = line.variant_name not in {"", line.product_sku}  # Saleor puts the SKU for no name
    return OrderLineView(
        name=spoken(line.product_name),
        option=spoken(line.variant_name) if named else "",
        quantity=line.quantity,
        unit_price=line.unit_price_gross,
        total=_line_total(line),
    )


def _line_total(line: OrderLine) -> Money:
    return line.unit_price_gross * line.quantity


def _guides(product_ids: Collection[int]) -> tuple[GuideLink, ...]:
    """Return what to read now, each guide once."""
    links = guide_links(GuideProduct.objects.filter(product_id__in=product_ids))
    return tuple({link.slug: link for link in links if link.stage != "before"}.values())
