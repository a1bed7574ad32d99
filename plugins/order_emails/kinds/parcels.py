"""E-mails about a parcel on its way, and weeks after. Tracking is a number: no link leads away."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext_lazy as _

from plugins.fulfilment.reviews import is_to_be_invited
from plugins.fulfilment.shipments import last_day_to_collect
from plugins.order_emails.kinds.base import Audience, Context, Placeholder, Texts, email
from plugins.order_emails.kinds.orders import (
    NUMBER,
    PARCEL_SENDER,
    SAMPLE_ADDRESS,
    SAMPLE_LINES,
    SEE_ORDER,
    delivery_lines,
    order_context,
    order_of,
    promise_of,
    sent_lines,
)
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.order_history import parcels_of
from plugins.order_emails.texts import day
from plugins.ordering.links import order_link

_SENT_ON = Placeholder(_("the day it left"), "23 November 2026")
_PARCEL = {"tracking": ["AB123456789GB"], "lines": SAMPLE_LINES, "address": SAMPLE_ADDRESS}


def _was_not_taken_back(row: OutgoingEmail) -> bool:
    """Say whether what the e-mail tells of was not taken back meanwhile."""
    return bool(_parcels(row))


@email(
    title=_("Packed and sent"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} is on its way"),
        opening=_(
            "Your parcel left us on {sent_on}. The sender’s name on it is {parcel_sender}, "
            "and nothing on the outside says what is inside."
        ),
        button=SEE_ORDER,
    ),
    placeholders={"number": NUMBER, "sent_on": _SENT_ON, "parcel_sender": PARCEL_SENDER},
    details=_PARCEL,
    is_needed=_was_not_taken_back,
)
def sent(row: OutgoingEmail) -> Context:
    """Tell the customer that all of the order, or its last part, has left."""
    return _parcel(row)


@email(
    title=_("Partly sent"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("A part of your order {number} is on its way"),
        opening=_(
            "A parcel left us on {sent_on}. The sender’s name on it is {parcel_sender}, "
            "and nothing on the outside says what is inside.\n\n"
            "The rest follows in a parcel of its own, and costs you nothing more."
        ),
        button=SEE_ORDER,
    ),
    placeholders={"number": NUMBER, "sent_on": _SENT_ON, "parcel_sender": PARCEL_SENDER},
    details=_PARCEL,
    is_needed=_was_not_taken_back,
)
def partly_sent(row: OutgoingEmail) -> Context:
    """Tell the customer that a part of the order has left."""
    return _parcel(row)


@email(
    title=_("Ready at the collection point"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} can be collected"),
        opening=_(
            "It waits for you in a plain parcel at the place you chose. Take along something "
            "with the name that stands on it."
        ),
        button=SEE_ORDER,
    ),
    placeholders={"number": NUMBER},
    details={
        "tracking": ["AB123456789GB"],
        "address": SAMPLE_ADDRESS,
        "hours": "Mon-Sat 7-22",
        "last_day": "30 November 2026",
    },
)
def ready_to_collect(row: OutgoingEmail) -> Context:
    """Tell the customer that the parcel is at the collection point, and until when."""
    order, locale, values = order_context(row)
    point = promise_of(row).collection
    until = last_day_to_collect(order, point.get("kept_days", 0))
    return values | {
        "tracking": _tracking(row),
        "address": _address(row),
        "hours": point.get("hours", ""),
        "last_day": format_date(until, "long", locale) if until else "",
    }


@email(
    title=_("Delivered"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} has arrived"),
        opening=_("The carrier says that your parcel was handed over."),
        button=SEE_ORDER,
        closing=_("Do you not have it? Please answer this e-mail, and we look for it at once."),
    ),
    placeholders={"number": NUMBER},
)
def delivered(row: OutgoingEmail) -> Context:
    """Tell the customer that the carrier handed the parcel over."""
    return order_context(row)[2]


@email(
    title=_("Collected"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} was collected"),
        opening=_("The carrier says that your parcel was collected."),
        button=SEE_ORDER,
        closing=_("Was it not you? Please answer this e-mail, and we look for it at once."),
    ),
    placeholders={"number": NUMBER},
)
def collected(row: OutgoingEmail) -> Context:
    """Tell the customer that the parcel left the collection point."""
    return order_context(row)[2]


def _is_to_be_invited(row: OutgoingEmail) -> bool:
    return is_to_be_invited(order_of(row))


@email(
    title=_("How was it?"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("How was order {number}?"),
        opening=_(
            "You asked us to write once more, some weeks after your parcel came. "
            "If you like, give three marks and a few words behind this link. They are "
            "shown without your name.\n\n"
            "You need not do anything. We do not ask a second time."
        ),
        button=_("Say how it was"),
    ),
    placeholders={"number": NUMBER},
    is_needed=_is_to_be_invited,
)
def review_invitation(row: OutgoingEmail) -> Context:
    """Ask a customer who wished it how it was; sent once for an order."""
    order, _locale, values = order_context(row)
    return values | {"url": order_link(order=order, page="reviews")}


def _parcel(row: OutgoingEmail) -> Context:
    _order, locale, values = order_context(row)
    promise, parcels = promise_of(row), _parcels(row)
    left = parcels[-1].created if parcels else row.created_at
    return values | {
        "sent_on": day(left, locale),
        "parcel_sender": promise.parcel_sender,
        "tracking": _tracking(row),
        "lines": sent_lines(parcels, locale),
        "address": _address(row),
    }


def _parcels(row: OutgoingEmail) -> list[Any]:
    """Return what the e-mail is about: one parcel of several, or all that has left."""
    dedup_key = row.event if row.kind == partly_sent.__name__ else ""
    return list(parcels_of(order_of(row), dedup_key))


def _tracking(row: OutgoingEmail) -> list[str]:
    return [parcel.tracking_number for parcel in _parcels(row) if parcel.tracking_number]


def _address(row: OutgoingEmail) -> list[str]:
    return delivery_lines(order_of(row), promise_of(row))
