"""E-mails that somebody asked for once, with or without an account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plugins.order_emails.kinds.base import Audience, Context, Texts, email, link
from plugins.order_emails.models import OutgoingEmail


@email(
    title=_("Back in stock"),
    audience=Audience.NOTICE,
    texts=Texts(
        subject=_("What you asked about is here again"),
        preheader=_("You asked us to tell you."),
        heading=_("It is here again"),
        opening=_(
            "You asked us to tell you when something is in stock again. It is.\n\n"
            "This is the only e-mail about it: we have deleted your address from the list."
        ),
        button=_("Look at it"),
    ),
    details={"unsubscribe_url": "https://shop.example/stop/"},
)
def back_in_stock(row: OutgoingEmail) -> Context:
    """Tell somebody that what they asked for can be bought again."""
    stop = link(row.unsubscribe_path) if row.unsubscribe_path else ""
    return {"url": link(row.path), "unsubscribe_url": stop}
