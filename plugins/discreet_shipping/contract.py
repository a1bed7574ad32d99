"""The Discretion Contract: what others will see of one order, in a fixed version.

`build` is pure. Before paying it makes the preview, when the order is made it is stored with
it, and from then on labels, slips and e-mails read the stored strings, never the choices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NotRequired, TypedDict

from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from prices import Money

from plugins.discreet_shipping.arrival import Arrival
from plugins.discreet_shipping.choices import CONTRACT_VERSION, OPTIONS, to_data
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.policies import DeliveryContext, Point, option_prices
from plugins.discreet_shipping.recipient import label_name
from plugins.ordering.addresses import sample_address
from plugins.ordering.links import LINK_LIFETIME, ORDER_ACCESS_LIFETIME
from plugins.ordering.order_messages import email_facts, kinds_for
from plugins.ordering.payment_provider import PAYMENT_PAGE_TITLE, offered_methods
from product_content.languages import locale_of
from product_content.money import format_money, in_figures
from product_content.shop_settings import shop_facts

_LANGUAGE = "en"  # couriers and customs read it, whatever the customer's language
SAMPLE_NUMBER = "1042"
NUMBER_TO_COME = "#####"  # stands for the order's number until there is one
CODE_TO_COME = "??????"  # and this for a code of its slip, which is made at random


class Label(TypedDict):
    """What is printed on a label, line by line."""

    sender: list[str]
    recipient: list[str]
    marks: list[str]
    number: str


class Collection(TypedDict):
    """Where a parcel waits; `hours` may be empty, `kept_days` 0 where nobody knows."""

    name: str
    hours: str
    kept_days: int


class MethodFacts(TypedDict):
    """What others learn of one way to pay: the line on the statement, and what its page asks."""

    method: str
    name: str
    statement: str
    asks: str
    writes: str


class Contract(TypedDict):
    """Everything others can see. Amounts are strings in the smallest unit's precision.

    `statement` is the line of the first way to pay; the others stand in `payment_methods`.
    `payment` is all that the payment service is told by us. All three are empty where nothing is
    to be paid: then nobody is asked. `carrier` is what a carrier that sells labels is told; empty
    where none is asked.

    `expected_day` is the first day on which the parcel should come, `expected_last_day` the last;
    both are empty where its method promises none. Older Contracts lack what is not required.
    """

    version: int
    number: str
    choices: dict[str, Any]
    box: str
    label: Label | None
    return_label: Label | None
    slip: dict[str, Any]
    customs: list[str]
    carrier: NotRequired[list[str]]
    statement: str
    payment: list[str]
    payment_methods: list[MethodFacts]
    messages: str
    emails: dict[str, dict[str, Any]]
    history: list[str]
    beyond: list[str]
    expected_day: str
    expected_last_day: NotRequired[str]
    collection: NotRequired[Collection | None]
    options: list[list[str]]
    delivery: str
    currency: str


@dataclass(frozen=True)
class CustomsRow:
    """Pieces that a customs form declares together; codes are "" where the owner says none."""

    hs_code: str
    origin: str
    pieces: int


@dataclass(frozen=True)
class Facts:
    """What a contract is made of. `lines` are (code, pieces); `number` and codes may be to come.

    `first_name`, `last_name` and `address` (without the name) are of the delivery address;
    `address` is empty when nothing is posted. `total` is what is left to pay, `goods` what the
    goods are worth to a customs office, however they are paid; only for a form of its. Of a
    `gift_card` nothing is packed or posted.
    """

    context: DeliveryContext
    number: str
    email: str
    first_name: str
    last_name: str
    address: tuple[str, ...]
    lines: tuple[tuple[str, int], ...]
    total: Money
    delivery: Money
    goods: Money
    customs: tuple[CustomsRow, ...] = ()
    arrival: Arrival | None = None
    payment_receipt: bool = False  # the payment service's own, by e-mail
    gift_card: bool = False


BOX = _("A plain brown box with plain tape. No logo, no picture, no shop name but the sender’s.")


def build(facts: Facts) -> Contract:
    """Return the contract of these facts."""
    choices, rules = facts.context.choices, facts.context.rules
    label = _label(facts)
    arrival = facts.arrival if label else None
    methods = _methods() if facts.total.amount else []
    return Contract(
        version=CONTRACT_VERSION,
        number=facts.number,
        choices=to_data(choices),
        box="" if facts.gift_card else str(BOX),
        label=label,
        return_label=return_label_for(label) if label and choices.return_label else None,
        slip=_slip(facts),
        customs=_customs(facts),
        carrier=_carrier(facts) if label else [],
        statement=methods[0]["statement"] if methods else "",
        payment=_payment(facts),
        payment_methods=methods,
        messages=choices.messages,
        emails=_emails(facts),
        history=_history(facts),
        beyond=_limitations(facts),
        expected_day=arrival.first.isoformat() if arrival else "",
        expected_last_day=arrival.last.isoformat() if arrival else "",
        collection=_collection(facts.context.point),
        options=[
            [option, str(OPTIONS[option]), str(price.amount)]
            for option, price in option_prices(choices, rules, facts.total.currency)
        ],
        delivery=str(facts.delivery.amount),
        currency=facts.total.currency,
    )


def _label(facts: Facts) -> Label | None:
    if not facts.address:
        return None
    context = facts.context
    sender = context.choices.sender or context.rules.senders[0]
    name = label_name(context.choices, facts.first_name, facts.last_name)
    place = context.point.lines if context.point else facts.address
    return Label(
        sender=[sender, *context.rules.return_address],
        recipient=[name, *place],
        marks=_marks(context),
        number=facts.number,
    )


def _marks(context: DeliveryContext) -> list[str]:
    choices = context.choices
    marks = {
        "Hold at the counter": context.point is not None and context.point.kind != "locker",
        "Locker": context.point is not None and context.point.kind == "locker",
        "Signature": choices.handover == "signature",
        "Named person only": choices.handover == "named",
        f"Safe place: {choices.safe_place}": bool(choices.safe_place),
        "Not to a neighbour": choices.no_neighbour,
    }
    return [mark for mark, wanted in marks.items() if wanted]


def sample_label(rules: ShippingSettings) -> Label:
    """Return a label as the usual choices make it, for a person who does not exist."""
    return Label(
        sender=[rules.senders[0], *rules.return_address],
        recipient=sample_address(),
        marks=[],
        number=SAMPLE_NUMBER,
    )


def return_label_for(label: Label) -> Label:
    """Return the label with which a parcel goes the other way: plain, without marks."""
    return Label(
        sender=label["recipient"], recipient=label["sender"], marks=[], number=label["number"]
    )


def _slip(facts: Facts) -> dict[str, Any]:
    wanted = facts.context.choices.slip == "codes"
    rows = [[f"Code {code}", str(pieces)] for code, pieces in facts.lines]
    return {"kind": "codes" if wanted else "none", "lines": rows if wanted else []}


def is_declared(address: tuple[str, ...], country: str) -> bool:
    """Say whether a parcel to this address crosses a border, and so has a customs form."""
    return bool(address) and country != settings.DEFAULT_COUNTRY


def _carrier(facts: Facts) -> list[str]:
    """Return what a carrier is told over its own system; nothing where labels are only printed."""
    from plugins.discreet_shipping.carriers import carrier_in_use  # it knows labels, too

    carrier, context = carrier_in_use(), facts.context
    by_hand = context.point or is_declared(facts.address, context.country)
    if not carrier or not carrier.name or by_hand:
        return []
    told = gettext(
        "We may buy the label from %(name)s. They are sent what stands on the label, what the "
        "parcel weighs and how fast it should be. They are not sent your e-mail address, your "
        "telephone number, or anything about what is in it."
    )
    return [told % {"name": carrier.name}]


def _customs(facts: Facts) -> list[str]:
    rules, country = facts.context.rules, facts.context.country
    if not is_declared(facts.address, country):
        return []
    exact = country in rules.exact_customs_countries
    return [
        rules.exact_customs if exact else rules.customs,
        f"Value {in_figures(facts.goods)}",
        *(_customs_row(row) for row in facts.customs if row.hs_code),
    ]


def _customs_row(row: CustomsRow) -> str:
    pieces = f"{row.pieces} piece" if row.pieces == 1 else f"{row.pieces} pieces"
    return f"HS {row.hs_code}, made in {row.origin}: {pieces}"


def _collection(point: Point | None) -> Collection | None:
    if point is None:
        return None
    return Collection(name=point.name, hours=point.hours, kept_days=point.kept_days)


def _emails(facts: Facts) -> dict[str, dict[str, Any]]:
    choices = to_data(facts.context.choices)
    collection, shop = facts.context.point is not None, shop_facts()
    return {
        kind: email_facts(kind, number=facts.number, email=facts.email, choices=choices, shop=shop)
        for kind in kinds_for(
            messages=choices["messages"], collection=collection, gift_card=facts.gift_card
        )
    }


def _history(facts: Facts) -> list[str]:
    shop = shop_facts().name
    order = gettext("Your order %(number)s") % {"number": facts.number}
    if facts.gift_card:
        titles = (gettext("Gift cards"), gettext("Check and pay"))
        return [
            shop,
            *(f"{title} · {shop}" for title in titles),
            PAYMENT_PAGE_TITLE,
            f"{order} · {shop}",
        ]
    open_to_all = (
        gettext("Search"),
        gettext("Find a size to start with"),
        gettext("Compare sets"),
        gettext("Size chart at true scale"),
    )
    return [
        shop,
        *(f"{title} · {shop}" for title in open_to_all),
        gettext("Basket") + f" · {shop}",
        gettext("Checkout") + f" · {shop}",
        *([PAYMENT_PAGE_TITLE] if facts.total.amount else []),
        f"{order} · {shop}",
    ]


def _limitations(facts: Facts) -> list[str]:
    bank = gettext("Your bank may show the shop’s legal name beside the line above.")
    carrier = gettext(
        "A carrier may phone, write or leave a card, and its own pages show that a parcel comes."
    )
    texts = [
        *([bank] if facts.total.amount else []),
        *([] if facts.gift_card else [carrier]),
        gettext(
            "Every other page of ours that you looked at, such as one of a set, a guide, help or "
            "the news, stands in your browser’s history by its own name, unless quiet mode was on; "
            "the addresses of all pages stand there always."
        ),
        gettext(
            "Your browser may keep names and addresses that you typed, to offer them again, and "
            "lists files that you saved, such as a receipt."
        ),
        gettext(
            "A browser that is signed in to an account shows the same history on your other "
            "devices."
        ),
        gettext(
            "The network that you use, such as an employer’s or a family’s filter, can see that "
            "you visit this shop; one that opens secure connections also sees the pages."
        ),
        gettext(
            "Whoever can read your e-mail can open the link in it. The link that you open stands "
            "in the browser’s history, without words, and works for %(days)s days."
        )
        % {"days": LINK_LIFETIME.days},
        gettext(
            "This browser opens your order without asking for %(hours)s hours after you ordered "
            "or opened such a link, unless you leave by the button “Leave this page”."
        )
        % {"hours": ORDER_ACCESS_LIFETIME // timedelta(hours=1)},
        gettext(
            "A plan or a diary that you write on our page, and a list of what you save for later "
            "without an account, are kept in this browser until you delete them there; quiet mode "
            "until you switch it off. Leaving changes none of them."
        ),
        gettext("Our cookies hold random numbers; the page “Cookies” says how long each stays."),
    ]
    if _customs(facts):
        texts.append(gettext("Customs may open a parcel that crosses a border."))
    if facts.context.choices.day == "weekdays":
        days = ", ".join(str(WEEKDAYS[day]) for day in facts.context.choices.weekdays)
        texts.append(
            gettext("We post it so that it should come on: %(days)s. A carrier can be late.")
            % {"days": days}
        )
    return texts


def _payment(facts: Facts) -> list[str]:
    """Return what the payment service is told; nothing where nothing is to be paid."""
    if not facts.total.amount:
        return []
    shared = [
        f"Order {facts.number}",
        format_money(facts.total, locale_of(_LANGUAGE)),
        gettext("the shop’s address, to send you back"),
        gettext("the words for your statement"),
    ]
    receipt = gettext("your e-mail address, for its receipt")
    return [*shared, receipt] if facts.payment_receipt else shared


def _methods() -> list[MethodFacts]:
    return [
        MethodFacts(
            method=method,
            name=str(about.name),
            statement=about.statement,
            asks=str(about.asks),
            writes=str(about.writes),
        )
        for method, about in offered_methods().items()
    ]
