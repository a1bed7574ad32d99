"""Reading a placed order for the customer who holds its address: how it stands, its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from saleor.account.models import User
from saleor.order import FulfillmentStatus, OrderEvents, OrderStatus
from saleor.order.models import Order, OrderLine

from plugins.discreet_shipping.arrival import Arrival
from plugins.discreet_shipping.order_contract import arrival_of_order, contract_of
from plugins.discreet_shipping.packing import progress_of
from plugins.discreet_shipping.plugin import current_settings
from plugins.discreet_shipping.policies import may_change
from plugins.fulfilment.models import ShipmentState
from plugins.fulfilment.packing import last_day_to_collect, packing_began_at, shipments_of
from plugins.ordering.email_promises import message_promise
from plugins.ordering.gift_cards import may_refund_card
from plugins.ordering.links import orders_by_token
from plugins.ordering.models import (
    ACTIVE,
    CardKind,
    GiftCardSale,
    PaymentSession,
    Refund,
    RefundStatus,
)
from plugins.ordering.order_messages import sells_gift_card
from plugins.ordering.order_state import (
    is_paid,
    live_order_for_checkout,
    may_be_cancelled,
    money_reasons,
    placed_by,
)
from plugins.ordering.outcomes import PaymentProcessing
from plugins.ordering.payment_recording import is_processing
from plugins.ordering.refund_plans import is_refunded
from plugins.ordering.sold_cards import sale_of
from plugins.ordering.totals import LineTotals, option_of, totals_of_order
from product_content.languages import translated_text
from product_content.models import GuideProduct
from product_content.money import zero
from product_content.parsing import normal_email
from product_content.selectors.guides import guide_links
from product_content.selectors.lists import product_url
from product_content.selectors.variants import Row, fetch_rows, not_for_sale
from product_content.types import GuideLink
from storefront.addresses import postal_address
from storefront.returns import order_returns
from storefront.types import (
    Collection,
    GiftCardEntry,
    GiftCardView,
    HistoryEntry,
    OrderLineView,
    OrderPage,
    OrderState,
    Parcel,
    RefundEntry,
    WaitingOrder,
)

_PAID_EVENTS = (OrderEvents.ORDER_FULLY_PAID, OrderEvents.ORDER_MARKED_AS_PAID)
# Staff's notes, their names and e-mails that were sent are left out.
_EVENT_TEXTS = {
    **dict.fromkeys(_PAID_EVENTS, _("We have your payment.")),
    OrderEvents.UPDATED_ADDRESS: _("The address was changed."),
    OrderEvents.CANCELED: _("The order ended, and nothing of it is sent."),
}


def order_history(order: Order) -> tuple[HistoryEntry, ...]:
    """Return what happened, oldest first."""
    steps = [*_events(order), *_packing(order), *_parcels(order), *_refund_history(order)]
    by_us = placed_by(order) is not None
    words = gettext("We placed the order for you.") if by_us else gettext("You placed the order.")
    placed = HistoryEntry(order.created, words)
    return (placed, *sorted(steps, key=lambda step: step.at))


def parcels_of(order: Order) -> tuple[Parcel, ...]:
    """Return the parcels that left, oldest first."""
    parcels = order.fulfillments.exclude(status=FulfillmentStatus.CANCELED).order_by("pk")
    return tuple(_parcel(*row) for row in parcels.values_list("created", "tracking_number"))


def refund_entries(order: Order) -> tuple[RefundEntry, ...]:
    """Return the refunds that were made or are on their way, oldest first."""
    refunds = Refund.objects.filter(order=order, amount_value__gt=0)
    live = refunds.exclude(state=RefundStatus.FAILED).prefetch_related("parts__gift_card")
    return tuple(_refund_entry(refund) for refund in live)


def _refund_entry(refund: Refund) -> RefundEntry:
    """Return a refund less what of it failed, by what gets it back."""
    parts = [part for part in refund.parts.all() if part.state != RefundStatus.FAILED]
    nothing = zero(refund.currency)
    to_cards = [
        GiftCardEntry(part.gift_card.code[-4:], part.amount) for part in parts if part.gift_card
    ]
    return RefundEntry(
        at=refund.created_at,
        amount=sum((part.amount for part in parts if part.payment_id), nothing),
        arrived=refund.state in {RefundStatus.SUCCEEDED, RefundStatus.PARTLY},
        to_cards=tuple(to_cards),
        credit_note=refund.credit_note,
        number=refund.number,
    )


def was_paid(order: Order) -> bool:
    """Say whether the order was ever paid, also if the money went back since."""
    return bool(order.events.filter(type__in=_PAID_EVENTS).exists())


def paid_at(order: Order) -> datetime:
    """Return when the order was paid; when it was placed, for one that staff settled otherwise."""
    moments = (
        order.events.filter(type__in=_PAID_EVENTS).order_by("date").values_list("date", flat=True)
    )
    return moments.first() or order.created


def _parcel(sent_at: datetime, tracking: str) -> Parcel:
    return Parcel(sent_at, tracking, tracking if tracking.startswith("https://") else "")


def _events(order: Order) -> Iterator[HistoryEntry]:
    for at, kind in order.events.filter(type__in=_EVENT_TEXTS).values_list("date", "type"):
        text = str(_EVENT_TEXTS[kind])
        if kind in _PAID_EVENTS and not order.total_gross_amount:
            text = gettext("Nothing was left to pay.")
        yield HistoryEntry(at, text)


def _packing(order: Order) -> Iterator[HistoryEntry]:
    began = packing_began_at(order)
    if began:
        yield HistoryEntry(began, gettext("We began to pack it."))


def _parcels(order: Order) -> Iterator[HistoryEntry]:
    parcels = parcels_of(order)
    text = ngettext("Your parcel left us.", "A parcel left us.", len(parcels))
    return (HistoryEntry(parcel.sent_at, text) for parcel in parcels)


def _refund_history(order: Order) -> Iterator[HistoryEntry]:
    for refund in refund_entries(order):
        yield HistoryEntry(refund.at, gettext("Money goes back to you."), refund.total)


_SENT_STATES: dict[str, OrderState] = {
    OrderStatus.FULFILLED: "sent",
    OrderStatus.PARTIALLY_FULFILLED: "partly_sent",
}


def get_order_page(token: UUID) -> OrderPage | None:
    """Return the page of the order with this token, or None."""
    orders = orders_by_token(token).select_related("shipping_address", "tax_invoice")
    order = orders.prefetch_related("lines__variant").first()
    return _page(order) if order else None


def waiting_order(checkout_token: UUID | None) -> WaitingOrder | None:
    """Return the order that was made from this basket and waits for its payment, if any."""
    order = live_order_for_checkout(checkout_token) if checkout_token else None
    if order is None or is_paid(order):
        return None
    token, processing = UUID(order.token), is_processing(order.pk)
    return WaitingOrder(str(order.pk), token, _held_until(order), processing)


def order_id_of(token: UUID) -> int | None:
    """Return the id of the order with this token, or None."""
    return orders_by_token(token).values_list("pk", flat=True).first()


def order_id_for(*, number: int, email: str) -> int | None:
    """Return the id of the order with this number, if its messages go to this address.

    One query, whether there is such an order or not.
    """
    orders = Order.objects.exclude(status=OrderStatus.DRAFT).select_related("user")
    order = orders.filter(pk=number).first()
    known = order.get_customer_email() or "" if order else ""
    matches = constant_time_compare(normal_email(known), normal_email(email))
    return order.pk if order and matches else None


def is_own_order(token: UUID, *, user_id: int) -> bool:
    """Say whether the order with this token was placed by this account."""
    return orders_by_token(token).filter(user=user_id).exists()


def is_for(token: str, user_id: int) -> bool:
    """Say whether the order with this token is the account's, or was placed with its address."""
    order = Order.objects.filter(token=token).select_related("user").first()
    account = User.objects.filter(pk=user_id).first()
    if order is None or account is None:
        return False
    same = normal_email(order.user_email) == normal_email(account.email)
    return order.user_id == user_id or (order.user_id is None and same)


def _page(order: Order) -> OrderPage:
    lines = list(order.lines.all())
    state = order_state(order)
    totals = totals_of_order(order)
    returns = order_returns(order)
    return OrderPage(
        id=order.pk,
        number=str(order.pk),
        token=UUID(order.token),
        state=state,
        placed_at=order.created,
        held_until=_held_until(order) if state == "waiting" else None,
        lines=_lines(lines, totals.lines),
        totals=totals,
        address=postal_address(order.shipping_address),
        parcel_lines=message_promise(order, "order_confirmed").address,
        guides=_guides({line.variant.product_id for line in lines if line.variant}),
        contract=contract_of(order),
        history=order_history(order),
        parcels=parcels_of(order),
        refund_entries=refund_entries(order),
        was_paid=was_paid(order),
        expected=None if returns.all else _expected(order, state),
        collection=_collection(order),
        reported=_reported(order),
        cancel_refusal=_cancel_refusal(order, state),
        change_refusal=may_change(**progress_of(order)).reason,
        returns=returns,
        invoice=order.tax_invoice.name if hasattr(order, "tax_invoice") else "",
        by_staff=placed_by(order) is not None,
        gift_card=_gift_card(order),
    )


def card_of_order(order_id: int) -> GiftCardSale | None:
    """Return the sale of an order with its card; None before it is paid, and for goods."""
    sale = sale_of(order_id)
    return sale if sale and sale.card else None


def _gift_card(order: Order) -> GiftCardView | None:
    sale = sale_of(order.pk) if sells_gift_card(order) else None
    if sale is None:
        return None
    return GiftCardView(
        by_email=sale.kind == CardKind.EMAIL,
        recipient=sale.recipient,
        not_before=sale.not_before,
        sent=sale.sent_at is not None,
        ending=sale.card.code[-4:] if sale.card else "",
        stands=sale.card is not None and sale.card.is_active,
        refund_refusal=may_refund_card(sale).reason,
    )


def _expected(order: Order, state: OrderState) -> Arrival | None:
    """Return when the newest parcel should come, or the first one that is still to be sent."""
    if state not in {"paid", "sent"} or _reported(order):
        return None
    left = [timezone.localdate(parcel.sent_at) for parcel in parcels_of(order)]
    return arrival_of_order(order, current_settings(), left=left[-1] if left else None)


def _collection(order: Order) -> Collection | None:
    contract = contract_of(order)
    point = contract.get("collection") if contract else None
    if not point:
        return None
    until = last_day_to_collect(order, point["kept_days"])
    return Collection(point["name"], point["hours"], until)


def _reported(order: Order) -> str:
    """Return what the carrier told of the newest parcel, or ""."""
    told = [each.state for each in shipments_of(order) if each.state != ShipmentState.SENT]
    return told[-1] if told else ""


def _cancel_refusal(order: Order, state: OrderState) -> str:
    if state == "processing":
        return str(PaymentProcessing.message)
    return may_be_cancelled(order).reason


def order_state(order: Order) -> OrderState:
    """Return how the order stands, in one word."""
    if money_reasons(order):
        return "checking"
    if order.status == OrderStatus.CANCELED:
        return "cancelled" if was_paid(order) else "released"
    if order.status in _SENT_STATES:
        return "refunded" if is_refunded(order) else _SENT_STATES[order.status]
    if is_paid(order):
        return "paid"
    return "processing" if is_processing(order.pk) else "waiting"


def _held_until(order: Order) -> datetime | None:
    sessions = PaymentSession.objects.filter(order=order, state__in=ACTIVE)
    return sessions.values_list("expires_at", flat=True).first()


def _lines(lines: list[OrderLine], sums: Iterable[LineTotals]) -> tuple[OrderLineView, ...]:
    ids = [line.variant_id for line in lines if line.variant_id]
    shown = {row.id: row for row in fetch_rows(only="v.id = ANY(%(ids)s)", params={"ids": ids})}
    pairs = zip(lines, sums, strict=True)
    return tuple(_line(line, its, shown.get(line.variant_id)) for line, its in pairs)


def _line(line: OrderLine, sums: LineTotals, row: Row | None) -> OrderLineView:
    return OrderLineView(
        url=f"{product_url(row.kind, row.product_slug)}?option={row.id}" if row else "",
        buyable=row.id if row and not not_for_sale(row.papers) else None,
        name=translated_text(line.product_name),
        option=option_of(line),
        quantity=sums.quantity,
        unit_price=sums.unit_price,
        total=sums.total,
    )


def _guides(product_ids: Iterable[int]) -> tuple[GuideLink, ...]:
    """Return the guides for the ordered products, except those to read before buying."""
    links = guide_links(GuideProduct.objects.filter(product_id__in=product_ids))
    return tuple({link.slug: link for link in links if link.stage != "before"}.values())
