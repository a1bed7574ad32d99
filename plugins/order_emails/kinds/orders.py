"""E-mails about an order itself: confirmed, changed, cancelled, found again."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plugins.order_emails.formatting import day, money
from plugins.order_emails.kinds.base import Audience, Context, Placeholder, Texts, email
from plugins.order_emails.kinds.shared import (
    NUMBER,
    PARCEL_SENDER,
    SAMPLE_ADDRESS,
    SAMPLE_LINES,
    SEE_ORDER,
    basics,
    order_of,
    promise_of,
)
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.selectors import (
    address_lines,
    order_lines,
    order_sums,
    order_to_read,
    was_moved,
    was_paid,
)
from product_content.languages import locale_of, spoken


@email(
    title=_("Order received and paid"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Thank you for your order"),
        opening=_(
            "We have your payment for order {number}, placed on {placed_on}.\n\n"
            "We pack your order in a plain parcel. The sender’s name on it is {parcel_sender}, "
            "and nothing on the outside says what is inside."
        ),
        button=SEE_ORDER,
    ),
    placeholders={
        "number": NUMBER,
        "placed_on": Placeholder(_("the day of the order"), "22 November 2026"),
        "parcel_sender": PARCEL_SENDER,
    },
    details={
        "lines": SAMPLE_LINES,
        "sums": [("Items", "£98.00"), ("Delivery", "£3.50")],
        "total": "£101.50",
        "delivery_name": "Tracked",
        "address": SAMPLE_ADDRESS,
    },
)
def order_confirmed(row: OutgoingEmail) -> Context:
    """Confirm a paid order, on a durable medium as the law asks."""
    order, promise = order_to_read(order_of(row).pk), promise_of(row)
    locale = locale_of(order.language_code)
    return basics(row)[2] | {
        "placed_on": day(order.created, locale),
        "parcel_sender": promise.parcel_sender,
        "lines": order_lines(order, locale) if promise.items else [],
        "sums": order_sums(order, locale) if promise.amounts else [],
        "total": money(order.total.gross, locale) if promise.amounts else "",
        "delivery_name": spoken(order.shipping_method_name or ""),
        "address": list(promise.address) or address_lines(order.shipping_address),
    }


@email(
    title=_("Changed by us"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} was changed"),
        opening=_("We changed {what}. Your order’s page shows how it stands now."),
        button=SEE_ORDER,
        closing=_("Did you not expect this? Please answer this e-mail."),
    ),
    placeholders={
        "number": NUMBER,
        "what": Placeholder(_("what was changed"), _("where it goes")),
    },
)
def changed(row: OutgoingEmail) -> Context:
    """Tell the customer that somebody at the shop changed their order."""
    order, _locale, values = basics(row)
    moved = was_moved(order.pk, row.event)
    what = gettext("where it goes") if moved else gettext("something in it")
    return values | {"what": what}


@email(
    title=_("Cancelled"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Your order {number} is cancelled"),
        opening=_("Nothing of it will be sent. {money_note}"),
        button=SEE_ORDER,
    ),
    placeholders={
        "number": NUMBER,
        "money_note": Placeholder(
            _("what becomes of the payment"),
            _("What you paid goes back the way it came; we write again when it is on its way."),
            required=True,
        ),
    },
)
def cancelled(row: OutgoingEmail) -> Context:
    """Tell the customer that their order is off, and what becomes of their money."""
    order, _locale, values = basics(row)
    note = (
        gettext("What you paid goes back the way it came; we write again when it is on its way.")
        if was_paid(order.pk)
        else gettext("Nothing was charged.")
    )
    return values | {"money_note": note}


@email(
    title=_("New link to an order"),
    audience=Audience.CUSTOMER,
    texts=Texts(
        heading=_("Here is your link"),
        opening=_("You asked for a new link to your order {number}."),
        button=SEE_ORDER,
        closing=_("If it was not you, you can ignore this e-mail."),
    ),
    placeholders={"number": NUMBER},
)
def new_link(row: OutgoingEmail) -> Context:
    """Send a fresh link to the page of an order."""
    return basics(row)[2]
