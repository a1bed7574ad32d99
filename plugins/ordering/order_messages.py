"""Every e-mail about an order as others can see it, and what was promised for one order.

The Discretion Contract shows these strings before paying, and the e-mails are sent with those
of the Contract. plugins.discreet_shipping writes the Contract into the order's metadata; whoever
sends something reads it here, and need not know that plugin. An order without a Contract (made
by staff, or before there was one) gets the shop's neutral texts.

To add a kind of e-mail, add a row to `EMAIL_KINDS`; what it is given and its templates belong
to plugins.order_emails. The Contract, its page and the leak test then have it as well, and
orders placed before it existed get its usual texts, with their customer's code word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from product_content.shop_settings import ShopFacts, shop_facts


class Fact(StrEnum):
    """One thing that the body of an e-mail can hold. What is none of these is in no e-mail."""

    LINK = "link"
    BASKET = "basket"
    NUMBER = "number"
    DAY = "day"
    PAYMENT = "payment"
    CHANGE = "change"
    AMOUNTS = "amounts"
    MONEY_BACK = "money_back"
    DELIVERY = "delivery"
    SENDER = "sender"
    TRACKING = "tracking"
    ADDRESS = "address"
    ITEMS = "items"


# As the customer reads it in the Contract, after "Inside:".
FACT_WORDS: Final = {
    Fact.LINK: _("a link to your order"),
    Fact.BASKET: _("a link to your basket"),
    Fact.NUMBER: _("the order’s number"),
    Fact.DAY: _("the day or the time"),
    Fact.PAYMENT: _("how the payment stands"),
    Fact.CHANGE: _("what was changed"),
    Fact.AMOUNTS: _("the amounts"),
    Fact.MONEY_BACK: _("the amount that goes back, and the end of a gift card’s code"),
    Fact.DELIVERY: _("the way of delivery"),
    Fact.SENDER: _("the sender’s name on the parcel"),
    Fact.TRACKING: _("the carrier’s number of the parcel"),
    Fact.ADDRESS: _("where the parcel goes"),
    Fact.ITEMS: _("what you bought"),
}
LINK_ONLY: Final = frozenset({Fact.LINK})
# For those only who ask for e-mails in full: whoever reads the mailbox would know what it is,
# and where to wait for it.
_IN_FULL_ONLY: Final = frozenset({Fact.ADDRESS, Fact.ITEMS})
_ABOUT_ORDER: Final = (Fact.LINK, Fact.NUMBER)
_PARCEL: Final = (*_ABOUT_ORDER, Fact.DAY, Fact.SENDER, Fact.TRACKING, Fact.ADDRESS, Fact.ITEMS)


STAFF: Final = "staff"


@dataclass(frozen=True, slots=True)
class EmailKind:
    """One kind of e-mail. Texts are translatable; subjects hold {shop}, {number} and {word}.

    `when` tells the customer when it comes. `with_word` is the subject for those who chose a
    code word: the shop's name is not in it. `always` is sent also to those who want no
    messages, and `always_because` says why. `only_with` is "delivery" or "collection" for a
    kind that only such an order can get, `STAFF` for one that staff place (no customer who
    orders in the shop is shown it), and "gift_card" for one in place of `order_confirmed`.
    `holds` is all that its body can hold; an order's
    choices make it less (`facts_inside`).
    """

    when: Any
    subject: Any
    with_word: Any
    preheader: Any
    always_because: str = ""
    only_with: str = ""
    holds: tuple[Fact, ...] = _ABOUT_ORDER

    def subject_for(
        self, number: str, code_word: str = "", *, shop: ShopFacts | None = None
    ) -> str:
        """Return the subject for an order's number; `shop` is given where it is known already."""
        text = str(self.with_word if code_word else self.subject)
        return text.format(shop=(shop or shop_facts()).name, number=number, word=code_word)


EMAIL_KINDS: dict[str, EmailKind] = {
    "order_confirmed": EmailKind(
        when=_("When it is paid"),
        subject=_("Your {shop} order {number}"),
        with_word=_("{word}: order {number}"),
        preheader=_("Thank you. Your order is confirmed, and we are getting your parcel ready."),
        always_because="consumer law asks for a confirmation on a durable medium",
        holds=(
            *_ABOUT_ORDER,
            *(Fact.DAY, Fact.AMOUNTS, Fact.DELIVERY, Fact.SENDER, Fact.ADDRESS, Fact.ITEMS),
        ),
    ),
    "gift_card_bought": EmailKind(
        when=_("When it is paid"),
        subject=_("Your {shop} order {number}"),
        with_word=_("{word}: order {number}"),
        preheader=_("Thank you. We have your payment."),
        always_because="consumer law asks for a confirmation on a durable medium",
        only_with="gift_card",
        holds=(*_ABOUT_ORDER, Fact.DAY, Fact.PAYMENT, Fact.AMOUNTS),
    ),
    "payment_needed": EmailKind(
        when=_("If it is not paid yet"),
        subject=_("Your {shop} order {number} is not paid yet"),
        with_word=_("{word}: order {number} is not paid yet"),
        preheader=_("You can still pay while we hold it for you."),
        holds=(*_ABOUT_ORDER, Fact.DAY, Fact.PAYMENT),
    ),
    "pay_by_link": EmailKind(
        when=_("If we place it for you, as on the phone"),
        subject=_("Your {shop} order {number} can be paid"),
        with_word=_("{word}: order {number} can be paid"),
        preheader=_("We hold everything for you meanwhile."),
        always_because="the customer has just asked for it",
        only_with=STAFF,
        holds=(*_ABOUT_ORDER, Fact.DAY, Fact.PAYMENT),
    ),
    "link_ended": EmailKind(
        when=_("If an order that we placed for you stays unpaid"),
        subject=_("Your {shop} order {number} is no longer held"),
        with_word=_("{word}: order {number} is no longer held"),
        preheader=_("It was not paid, so nothing was charged."),
        only_with=STAFF,
        holds=_ABOUT_ORDER,
    ),
    "goes_again": EmailKind(
        when=_("If we send something once more"),
        subject=_("Your {shop} order {number} comes once more"),
        with_word=_("{word}: order {number} comes once more"),
        preheader=_("You have nothing to pay for it."),
        only_with=STAFF,
    ),
    "released": EmailKind(
        when=_("If it stays unpaid"),
        subject=_("Your {shop} order {number} is no longer held"),
        with_word=_("{word}: order {number} is no longer held"),
        preheader=_("It was not paid, so nothing was charged."),
        holds=(Fact.BASKET, Fact.NUMBER, Fact.PAYMENT),
    ),
    "partly_sent": EmailKind(
        when=_("If it comes in several parcels"),
        subject=_("Part of your {shop} order {number} is on its way"),
        with_word=_("{word}: part of order {number} is on its way"),
        preheader=_("The rest follows in a parcel of its own."),
        holds=_PARCEL,
    ),
    "sent": EmailKind(
        when=_("When it is sent"),
        subject=_("Your {shop} order {number} is on its way"),
        with_word=_("{word}: order {number} is on its way"),
        preheader=_("Your parcel has left us."),
        holds=_PARCEL,
    ),
    "ready_to_collect": EmailKind(
        when=_("When it can be collected"),
        subject=_("Your {shop} order {number} can be collected"),
        with_word=_("{word}: order {number} can be collected"),
        preheader=_("It waits at the place you chose."),
        only_with="collection",
        holds=(*_ABOUT_ORDER, Fact.TRACKING, Fact.ADDRESS),
    ),
    "delivered": EmailKind(
        when=_("When it was handed over"),
        subject=_("Your {shop} order {number} has arrived"),
        with_word=_("{word}: order {number} has arrived"),
        preheader=_("The carrier says that it was handed over."),
        only_with="delivery",
    ),
    "collected": EmailKind(
        when=_("When you have collected it"),
        subject=_("Your {shop} order {number} was collected"),
        with_word=_("{word}: order {number} was collected"),
        preheader=_("The carrier says that it was collected."),
        only_with="collection",
    ),
    "changed": EmailKind(
        when=_("If we change something in it"),
        subject=_("Your {shop} order {number} was changed"),
        with_word=_("{word}: order {number} was changed"),
        preheader=_("Your order’s page says what is new."),
        holds=(*_ABOUT_ORDER, Fact.CHANGE),
    ),
    "cancelled": EmailKind(
        when=_("If it is cancelled"),
        subject=_("Your {shop} order {number} is cancelled"),
        with_word=_("{word}: order {number} is cancelled"),
        preheader=_("Nothing will be sent, and what you paid comes back to you."),
        holds=(*_ABOUT_ORDER, Fact.PAYMENT),
    ),
    "return_announced": EmailKind(
        when=_("If you send something back"),
        subject=_("Sending back: your {shop} order {number}"),
        with_word=_("{word}: sending back, order {number}"),
        preheader=_("What to do next stands on your order’s page."),
    ),
    "return_arrived": EmailKind(
        when=_("When what you sent back is here"),
        subject=_("Your {shop} order {number}: your parcel is here"),
        with_word=_("{word}: order {number}, your parcel is here"),
        preheader=_("We look at it next, and write again."),
    ),
    "return_inspected": EmailKind(
        when=_("When we looked at what you sent back"),
        subject=_("Your {shop} order {number}: we looked at your parcel"),
        with_word=_("{word}: order {number}, we looked at your parcel"),
        preheader=_("Your order’s page says how it goes on."),
    ),
    "exchange_agreed": EmailKind(
        when=_("When we send something in exchange"),
        subject=_("Your {shop} order {number}: your exchange"),
        with_word=_("{word}: order {number}, your exchange"),
        preheader=_("The order’s page says what comes next."),
        holds=(*_ABOUT_ORDER, Fact.DAY, Fact.PAYMENT),
    ),
    "exchange_ended": EmailKind(
        when=_("If nothing is sent in exchange after all"),
        subject=_("Your {shop} order {number}: your exchange has ended"),
        with_word=_("{word}: order {number}, your exchange has ended"),
        preheader=_("You get your money back."),
        holds=(*_ABOUT_ORDER, Fact.PAYMENT),
    ),
    "payment_refunded": EmailKind(
        when=_("If money goes back to you"),
        subject=_("Refund for your {shop} order {number}"),
        with_word=_("{word}: refund, order {number}"),
        preheader=_("It is on its way back to you."),
        holds=(*_ABOUT_ORDER, Fact.MONEY_BACK),
    ),
    "review_invitation": EmailKind(
        when=_("Some weeks after it came, only if you ask for it"),
        subject=_("Your {shop} order {number}: a question"),
        with_word=_("{word}: order {number}, a question"),
        preheader=_("You wished to be asked once. There is no other e-mail of this kind."),
    ),
    "new_link": EmailKind(
        when=_("If you ask for a new link to your order"),
        subject=_("A new link to your {shop} order {number}"),
        with_word=_("{word}: a new link to order {number}"),
        preheader=_("You asked for it a moment ago."),
        always_because="the customer has just asked for it",
    ),
}


# What the order of a gift card can get: nothing is packed, sent or collected.
_OF_GIFT_CARDS: Final = frozenset(
    {"gift_card_bought", "payment_needed", "cancelled", "payment_refunded", "new_link"}
)


def kinds_for(*, messages: str, collection: bool, gift_card: bool = False) -> list[str]:
    """Return the kinds that an order can get, by its messages choice and kind of delivery.

    `gift_card` says that a gift card is what was bought.
    """
    never = {STAFF, "gift_card", "delivery" if collection else "collection"}
    return [
        name
        for name, kind in EMAIL_KINDS.items()
        if (name in _OF_GIFT_CARDS if gift_card else kind.only_with not in never)
        and (messages != "legal" or kind.always_because)
    ]


CONTRACT_KEY = "discretion_contract"
GIFT_CARD_KEY = "gift_card"  # in the metadata of an order that is the sale of a gift card
# In the metadata of baskets and orders, if ticked: the provider's receipt, and to be asked later.
RECEIPT_KEY, INVITATION_KEY = TICKS = ("payment_receipt", "review_invitation")


def is_ticked(thing: Checkout | Order, key: str) -> bool:
    """Say whether one of `TICKS` was set for a basket or an order."""
    return key in (thing.metadata or {})


def sells_gift_card(order: Order) -> bool:
    """Say whether a gift card is what the order is about; no query."""
    return GIFT_CARD_KEY in (order.metadata or {})


def subject_of(kind: str, number: str, code_word: str = "") -> str:
    """Return the subject of an e-mail; with a code word, the shop's name is not in it."""
    return EMAIL_KINDS[kind].subject_for(number, code_word)


def email_facts(
    kind: str,
    *,
    number: str,
    email: str,
    choices: Mapping[str, Any],
    shop: ShopFacts | None = None,
) -> dict[str, Any]:
    """Return what others see of one e-mail, as a Contract holds it.

    `choices` are stored choices of plugins.discreet_shipping; a missing one is the usual one.
    `shop` is given by whoever asks for many e-mails at once.
    `inside` names the facts (`Fact`) that its body may hold, and there is nothing else in it.
    """
    shop = shop or shop_facts()
    about = EMAIL_KINDS[kind]
    return {
        "from": shop.sender,
        "to": choices.get("message_email") or email,
        "when": str(about.when),
        "subject": about.subject_for(number, choices.get("code_word", ""), shop=shop),
        "preheader": str(about.preheader),
        "inside": [str(fact) for fact in _inside(about, choices)],
    }


def _inside(about: EmailKind, choices: Mapping[str, Any]) -> tuple[Fact, ...]:
    if choices.get("receipt", "email") != "email":
        return (Fact.LINK,)
    in_full = choices.get("messages", "neutral") == "full"
    return tuple(fact for fact in about.holds if in_full or fact not in _IN_FULL_ONLY)


def facts_inside(kind: str, promised: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return what the body of an e-mail may hold, by what a Contract says of its kind.

    A Contract of before there were facts says only whether goods and amounts are named; where
    they are not, it promised a link and nothing more.
    """
    if "inside" in promised:
        return tuple(map(Fact, promised["inside"]))
    older = {
        "messages": "full" if promised.get("items") else "neutral",
        "receipt": "email" if promised.get("amounts", True) else "none",
    }
    return _inside(EMAIL_KINDS[kind], older)
