"""E-mails about an account, or asked for once by somebody who may have none.

Each says what happened; none says what the shop sells.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from plugins.order_emails.kinds.base import Audience, Context, Placeholder, Texts, email, link
from plugins.order_emails.models import MessageAnswer, OutgoingEmail
from plugins.order_emails.policies import NoRecipient
from plugins.ordering.models import GiftCardSale
from plugins.ordering.sold_cards import card_path
from product_content.languages import locale_of
from product_content.money import format_money, sample_money

_HOURS = Placeholder(_("how many hours the link works"), "3")


@email(
    title=_("Confirm your address"),
    audience=Audience.ACCOUNT,
    texts=Texts(
        subject=_("Confirm your e-mail address"),
        preheader=_("One click, and it is done."),
        heading=_("Is this your address?"),
        opening=_(
            "Somebody, we hope you, gave us this e-mail address. Please confirm it. "
            "The link works for {hours} hours."
        ),
        button=_("Confirm the address"),
        closing=_("If it was not you, you can ignore this e-mail: nothing will happen."),
    ),
    placeholders={"hours": _HOURS},
)
def confirm_address(row: OutgoingEmail) -> Context:
    """Ask the owner of an address to confirm it."""
    return _expiring_link(row)


@email(
    title=_("You have an account already"),
    audience=Audience.ACCOUNT,
    texts=Texts(
        subject=_("Your account"),
        preheader=_("You have one already."),
        heading=_("You have an account already"),
        opening=_(
            "Somebody, we hope you, wanted to open an account with this e-mail address. "
            "There is one. You can log in, or choose a new password if you have lost yours."
        ),
        button=_("Log in"),
        closing=_("If it was not you, you can ignore this e-mail: nothing was changed."),
    ),
)
def account_exists(row: OutgoingEmail) -> Context:
    """Tell by e-mail what the page keeps to itself: that this address has an account."""
    return {"url": link(row.path)}


@email(
    title=_("Choose a new password"),
    audience=Audience.ACCOUNT,
    texts=Texts(
        subject=_("Choose a new password"),
        preheader=_("The link works once."),
        heading=_("Choose a new password"),
        opening=_(
            "You asked for a new password. The link below works once, and for {hours} hours."
        ),
        button=_("Choose a password"),
        closing=_("If it was not you, you can ignore this e-mail: your password stays as it is."),
    ),
    placeholders={"hours": _HOURS},
)
def reset_password(row: OutgoingEmail) -> Context:
    """Send the link by which a new password is chosen."""
    return _expiring_link(row)


@email(
    title=_("Unlock the log-in"),
    audience=Audience.ACCOUNT,
    texts=Texts(
        subject=_("Your log-in"),
        preheader=_("The link works once."),
        heading=_("Log in again"),
        opening=_(
            "There were many wrong passwords for your account, so its log-in is locked for a "
            "while. With the link below you can log in all the same, in the browser in which you "
            "open it. It works once, and for {hours} hours."
        ),
        button=_("Unlock the log-in"),
        closing=_(
            "If it was not you who asked for this, you can ignore this e-mail: your password "
            "stays as it is, and nobody got in."
        ),
    ),
    placeholders={"hours": _HOURS},
)
def unlock_log_in(row: OutgoingEmail) -> Context:
    """Send the link by which the owner of an account gets past a locked log-in."""
    return _expiring_link(row)


@email(
    title=_("Your address was changed"),
    audience=Audience.ACCOUNT,
    texts=Texts(
        subject=_("Your e-mail address was changed"),
        preheader=_("Was it you? Then all is well."),
        heading=_("Your e-mail address was changed"),
        opening=_(
            "The e-mail address of your account is a new one now. "
            "From now on we write to you there.\n\n"
            "Was it not you? Then please answer this e-mail at once, so that we can help."
        ),
    ),
)
def address_changed(row: OutgoingEmail) -> Context:
    """Tell the old address of an account that it is no longer used."""
    return {"url": ""}


@email(
    title=_("Your account and data were deleted"),
    audience=Audience.ACCOUNT,
    texts=Texts(
        subject=_("Your account is deleted"),
        preheader=_("This is the last e-mail about it."),
        heading=_("Your account is deleted"),
        opening=_(
            "We have deleted your account and the data in it. What the law makes us keep of your "
            "orders is kept apart, and is deleted when its time is over.\n\n"
            "This is the last e-mail about it. Thank you for having been here."
        ),
    ),
)
def account_deleted(row: OutgoingEmail) -> Context:
    """Say good-bye to somebody whose account is gone."""
    return {"url": ""}


def _expiring_link(row: OutgoingEmail) -> Context:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600  # storefront.accounts uses it for all its links
    return {"url": link(row.path), "hours": str(hours)}


@email(
    title=_("Answer to a message"),
    audience=Audience.NOTICE,
    texts=Texts(
        subject=_("Our answer to you"),
        preheader=_("You wrote to us."),
        heading=_("Thank you for writing to us"),
        opening="{answer}",
    ),
    placeholders={
        "answer": Placeholder(
            _("what staff wrote"), _("It is on its way, and comes tomorrow."), required=True
        )
    },
)
def message_answer(row: OutgoingEmail) -> Context:
    """Send what staff answered to a message; the person's own words are not in it."""
    answer = MessageAnswer.objects.filter(pk=int(row.event.removeprefix("answer-"))).first()
    if answer is None:
        raise NoRecipient
    return {"url": "", "answer": answer.text}


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


_SOMEBODY = _("Somebody")


def _card_stands(row: OutgoingEmail) -> bool:
    sale = _sale(row)
    return sale is not None and sale.card is not None and sale.card.is_active


def _sale(row: OutgoingEmail) -> GiftCardSale | None:
    """Return the sale of a row about "gift-card-<id>"."""
    number = row.about.rpartition("-")[2]
    sales = GiftCardSale.objects.select_related("card")
    return sales.filter(pk=int(number)).first() if number.isdecimal() else None


@email(
    title=_("A gift card for somebody"),
    audience=Audience.NOTICE,
    texts=Texts(
        subject=_("A gift card for you"),
        preheader=_("It can be spent whenever you like."),
        heading=_("A gift card of {amount} for you"),
        opening=_(
            "{giver} has sent you a gift card for our shop.\n\n{message}\n\n"
            "Its code stands on the page behind this link. Whoever has the code can spend it, so "
            "keep this e-mail to yourself."
        ),
        button=_("See the gift card"),
        closing=_("We use your address for this gift card and for nothing else."),
    ),
    placeholders={
        "amount": Placeholder(_("what is on it"), sample_money("50.00"), required=True),
        "giver": Placeholder(_("who gives it, if they wish to be named"), _SOMEBODY),
        "message": Placeholder(_("what the giver wrote"), _("Something nice, for you.")),
    },
    is_needed=_card_stands,
)
def gift_card(row: OutgoingEmail) -> Context:
    """Send a gift card to whom it is for; what the shop sells is not in it, nor the code."""
    sale = _sale(row)
    if sale is None:
        raise NoRecipient
    return {
        "url": link(card_path(sale)),
        "amount": format_money(sale.amount, locale_of(sale.language)),
        "giver": sale.from_name or str(_SOMEBODY),
        "message": sale.message,
    }
