"""E-mails about what a customer sends back: neutral, with a link and without the goods."""

from __future__ import annotations

from babel import Locale
from django.utils.translation import gettext_lazy as _
from saleor.order.models import Order

from plugins.fulfilment.models import Return, ReturnState
from plugins.order_emails.kinds.base import Audience, Context, Placeholder, Texts, email
from plugins.order_emails.kinds.orders import NUMBER, SEE_ORDER, order_context, order_of
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.order_history import is_cancelled
from plugins.order_emails.texts import clock, day
from plugins.ordering.models import ACTIVE, PaymentSession

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
