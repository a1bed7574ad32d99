"""E-mails about parcels: on their way to a customer and weeks after, and what is sent back.

Tracking is a number: no link leads away. What comes back is named without the goods.
"""

from __future__ import annotations

from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils.translation import gettext_lazy as _
from saleor.order.models import Order

from plugins.fulfilment.models import Return, ReturnState
from plugins.fulfilment.packing import last_day_to_collect
from plugins.fulfilment.reviews import is_to_be_invited
from plugins.order_emails.kinds.base import (
    Audience,
    Context,
    Placeholder,
    Texts,
    email,
    is_cancelled,
    parcels_of,
)
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
from plugins.order_emails.texts import clock, day
from plugins.ordering.links import order_link
from plugins.ordering.models import ACTIVE, PaymentSession

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


RETURN = "return-"  # begins the dedup key; the return's id follows


def _was_not_withdrawn(row: OutgoingEmail) -> bool:
    number = row.event.removeprefix(RETURN)
    about = Return.objects.filter(pk=int(number)) if number.isdecimal() else Return.objects.none()
    return not about.filter(state=ReturnState.WITHDRAWN).exists()


@email(
    title=_("Return announced"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("You send something back from order {number}"),
        opening=_(
            "Thank you for telling us. Your order’s page says what to do, and has a plain label "
            "to print.\n\n"
            "We write again when your parcel is here."
        ),
        button=SEE_ORDER,
        closing=_("If you keep it after all, you can take the return back on the same page."),
    ),
    placeholders={"number": NUMBER},
    is_needed=_was_not_withdrawn,
)
def return_announced(row: OutgoingEmail) -> Context:
    """Confirm a return that the customer announced, with the link to what to do."""
    return order_context(row)[2]


@email(
    title=_("Return arrived"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your parcel for order {number} is here"),
        opening=_("What you sent back has arrived. We look at it next, and write again."),
        button=SEE_ORDER,
    ),
    placeholders={"number": NUMBER},
)
def return_arrived(row: OutgoingEmail) -> Context:
    """Tell the customer that what they sent back is here."""
    return order_context(row)[2]


@email(
    title=_("Return looked at"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("We looked at what you sent back from order {number}"),
        opening=_(
            "Money that goes back to you has an e-mail of its own, and so has a parcel that we "
            "send in exchange. How it stands is on your order’s page."
        ),
        button=SEE_ORDER,
        closing=_("Do you have a question about it? Please answer this e-mail."),
    ),
    placeholders={"number": NUMBER},
)
def return_inspected(row: OutgoingEmail) -> Context:
    """Tell the customer that what they sent back was looked at."""
    return order_context(row)[2]


def _is_not_over(row: OutgoingEmail) -> bool:
    return not is_cancelled(order_of(row))


_NOTHING_TO_PAY = _(
    "You have nothing to pay for it. We pack it next, and write again when it leaves."
)
_TO_PAY = _(
    "There is a difference to pay: please do so on its page. We hold everything for you until "
    "%(time)s on %(day)s. If you would rather have your money back, the same page has a button "
    "for it."
)


@email(
    title=_("Exchange agreed"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your exchange is order {number}"),
        opening=_(
            "What we send you for what you sent back has an order of its own, {number}.\n\n"
            "{what_now}"
        ),
        button=SEE_ORDER,
        closing=_("Do you have a question about it? Please answer this e-mail."),
    ),
    placeholders={
        "number": NUMBER,
        "what_now": Placeholder(
            _("what is to be paid, and until when, or nothing"), _NOTHING_TO_PAY, required=True
        ),
    },
    is_needed=_is_not_over,
)
def exchange_agreed(row: OutgoingEmail) -> Context:
    """Tell the customer that an order of its own brings what they get in exchange."""
    order, locale, values = order_context(row)
    return values | {"what_now": _what_now(order, locale)}


def _what_now(order: Order, locale: Locale) -> str:
    session = PaymentSession.objects.filter(order=order, state__in=ACTIVE).first()
    if session is None:
        return str(_NOTHING_TO_PAY)
    end = session.expires_at
    return str(_TO_PAY) % {"time": clock(end), "day": day(end, locale)}


@email(
    title=_("Sent once more, without charge"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("We send it once more: order {number}"),
        opening=_(
            "We are sorry that not all of your parcel reached you well. What we send once more has "
            "an order of its own, {number}. You have nothing to pay for it.\n\n"
            "We pack it next, and write again when it leaves."
        ),
        button=SEE_ORDER,
        closing=_("Do you have a question about it? Please answer this e-mail."),
    ),
    placeholders={"number": NUMBER},
    is_needed=_is_not_over,
)
def goes_again(row: OutgoingEmail) -> Context:
    """Tell the customer that an order of its own sends once more what did not arrive well."""
    return order_context(row)[2]


@email(
    title=_("Exchange not paid"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("We no longer hold your exchange, order {number}"),
        opening=_(
            "The difference was not paid in time, so nothing is sent in exchange. Nothing was "
            "charged.\n\n"
            "You get back what you paid for what you sent back. We write again when the money is "
            "on its way."
        ),
        button=SEE_ORDER,
        closing=_("Do you still want it? Please answer this e-mail."),
    ),
    placeholders={"number": NUMBER},
)
def exchange_ended(row: OutgoingEmail) -> Context:
    """Tell the customer that nothing is sent in exchange, because the difference was not paid."""
    return order_context(row)[2]


# By the state of the return; what staff only expect, and what is withdrawn, needs no e-mail.
RETURN_EMAILS: dict[str, str] = {
    ReturnState.ANNOUNCED: return_announced.__name__,
    ReturnState.ARRIVED: return_arrived.__name__,
    ReturnState.INSPECTED: return_inspected.__name__,
}
