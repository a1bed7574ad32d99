"""What happened to a placed order, as its customer may read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from saleor.order import FulfillmentStatus, OrderEvents
from saleor.order.models import Order

from plugins.ordering.marks import PACKING_KEY
from plugins.ordering.models import Refund, RefundStatus
from storefront.types import GivenBack, Parcel, StoryStep

_PAID = (OrderEvents.ORDER_FULLY_PAID, OrderEvents.ORDER_MARKED_AS_PAID)
# Staff's notes, their names and e-mails that were sent are left out.
_WORDS = {
    **dict.fromkeys(_PAID, _("We have your payment.")),
    OrderEvents.UPDATED_ADDRESS: _("The address was changed."),
    OrderEvents.CANCELED: _("The order ended, and nothing of it is sent."),
}


def order_story(order: Order) -> tuple[StoryStep, ...]:
    """Return what happened, oldest first."""
    steps = [*_events(order), *_packing(order), *_parcels(order), *_given_back(order)]
    placed = StoryStep(order.created, gettext("You placed the order."))
    return (placed, *sorted(steps, key=lambda step: step.at))


def parcels_of(order: Order) -> tuple[Parcel, ...]:
    """Return the parcels that left, oldest first."""
    parcels = order.fulfillments.exclude(status=FulfillmentStatus.CANCELED).order_by("pk")
    return tuple(_parcel(*row) for row in parcels.values_list("created", "tracking_number"))


def given_back(order: Order) -> tuple[GivenBack, ...]:
    """Return the money that went back or is going to, oldest first."""
    refunds = Refund.objects.filter(order=order).exclude(state=RefundStatus.FAILED)
    return tuple(
        GivenBack(refund.created_at, refund.amount, refund.state == RefundStatus.SUCCEEDED)
        for refund in refunds
    )


def was_paid(order: Order) -> bool:
    """Say whether the order was ever paid, also if the money went back since."""
    return bool(order.events.filter(type__in=_PAID).exists())


def paid_at(order: Order) -> datetime:
    """Return when the order was paid; when it was placed, for one that staff settled otherwise."""
    moments = order.events.filter(type__in=_PAID).order_by("date").values_list("date", flat=True)
    return moments.first() or order.created


def _parcel(sent_at: datetime, tracking: str) -> Parcel:
    return Parcel(sent_at, tracking, tracking if tracking.startswith("https://") else "")


def _events(order: Order) -> Iterator[StoryStep]:
    for at, kind in order.events.filter(type__in=_WORDS).values_list("date", "type"):
        yield StoryStep(at, str(_WORDS[kind]))


def _packing(order: Order) -> Iterator[StoryStep]:
    began = (order.private_metadata or {}).get(PACKING_KEY)
    if began:
        at = datetime.fromisoformat(began["started_at"])
        yield StoryStep(at, gettext("We began to pack it."))


def _parcels(order: Order) -> Iterator[StoryStep]:
    parcels = parcels_of(order)
    text = ngettext("Your parcel left us.", "A parcel left us.", len(parcels))
    return (StoryStep(parcel.sent_at, text) for parcel in parcels)


def _given_back(order: Order) -> Iterator[StoryStep]:
    for refund in given_back(order):
        yield StoryStep(refund.at, gettext("Money goes back to you."), refund.amount)
