"""E-mails about what a customer sends back: neutral, with a link and without the goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plugins.fulfilment.models import Return, ReturnState
from plugins.order_emails.kinds.base import Audience, Context, Texts, email
from plugins.order_emails.kinds.orders import NUMBER, SEE_ORDER, order_context
from plugins.order_emails.models import OutgoingEmail

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


# By the state of the return; what staff only expect, and what is withdrawn, needs no e-mail.
RETURN_EMAILS: dict[str, str] = {
    ReturnState.ANNOUNCED: return_announced.__name__,
    ReturnState.ARRIVED: return_arrived.__name__,
    ReturnState.INSPECTED: return_inspected.__name__,
}
