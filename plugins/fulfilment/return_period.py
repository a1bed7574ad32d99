"""Until which day a customer may send something back without giving a reason.

The Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013
(SI 2013/3134), regulation 30, and article 9 of Directive 2011/83/EU: 14 days after the day on which
the last of an order's goods came to the customer. `settings.RETURN_DAYS` may give more.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from saleor.order.models import Order

from plugins.fulfilment.models import Shipment, ShipmentState, ShipmentStep
from plugins.fulfilment.shipments import shipments_of

# A parcel of which nobody told us that it arrived counts as arrived then: no carrier that we use
# takes longer, and the customer must not lose days that the law gives.
MAX_DAYS_ON_THE_WAY = 7


def last_day_without_reason(order: Order) -> date | None:
    """Return the last day in the shop's time zone, or None where nothing has left yet."""
    arrived = [_arrived_on(shipment) for shipment in shipments_of(order)]
    return max(arrived) + timedelta(days=settings.RETURN_DAYS) if arrived else None


def is_in_time(order: Order) -> bool:
    """Say whether the customer needs no reason today; of a parcel without a date it is so."""
    last = last_day_without_reason(order)
    return last is None or timezone.localdate() <= last


def _arrived_on(shipment: Shipment) -> date:
    told = ShipmentStep.objects.filter(shipment=shipment, state=ShipmentState.DELIVERED)
    at = told.order_by("pk").values_list("at", flat=True).first()
    if at is not None:
        return _day(at)
    return _day(shipment.parcel.created) + timedelta(days=MAX_DAYS_ON_THE_WAY)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
