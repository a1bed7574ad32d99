"""What the storefront's selectors return: plain, frozen values for views and templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.safestring import SafeString
from prices import Money

from plugins.discreet_shipping.arrival import Arrival
from plugins.discreet_shipping.contract import Contract
from plugins.ordering.pricing import LeftOut, Picture
from plugins.ordering.totals import Totals
from product_content.selectors.products import MAGNET_WARNINGS
from product_content.types import GuideLink

Step = Literal["address", "delivery"]


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line of the basket. Quantities are in pieces; `url` is empty when it is not shown.

    `not_for_sale` says why it cannot be bought here, "" if it can.
    """

    id: int
    variant_id: int
    name: str
    option: str
    url: str
    quantity: int
    available: int
    unit_price: Money
    total: Money
    magnetic: bool = False
    not_for_sale: str = ""

    @property
    def is_short(self) -> bool:
        """Whether less can be bought than the line asks for."""
        return bool(self.not_for_sale) or self.available < self.quantity


@dataclass(frozen=True, slots=True)
class AppliedCard:
    """A gift card in the basket: its last digits and what it has for this basket."""

    id: int
    code_end: str
    balance: Money


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address as it is written on a parcel, line by line."""

    lines: tuple[str, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket with its sums, and what of it does not count now.

    `delivery_id` is the chosen way, also where it does not apply any more. `picture` is what
    the customer agrees to by paying. `checkout` is the record that it was read from, for selectors
    that would read it again.
    """

    token: UUID
    lines: tuple[BasketLine, ...]
    quantity: int
    totals: Totals
    delivery_id: int | None
    voucher_code: str
    gift_cards: tuple[AppliedCard, ...]
    left_out: tuple[LeftOut, ...]
    picture: Picture
    email: str
    address: PostalAddress | None
    needs_delivery: bool
    relief: str
    checkout: Any = field(repr=False, compare=False)

    @property
    def delivery(self) -> Money | None:
        """What delivery costs; None while none is chosen that applies."""
        return self.totals.delivery

    @property
    def due(self) -> Money:
        """What is left to pay after gift cards."""
        return self.totals.due

    @property
    def left_out_delivery(self) -> LeftOut | None:
        """The chosen delivery, if it does not apply any more."""
        return next((one for one in self.left_out if one.kind == "delivery"), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever buys these goods has to know first."""
        return tuple(map(str, MAGNET_WARNINGS)) if any(li.magnetic for li in self.lines) else ()

    @property
    def short_lines(self) -> tuple[BasketLine, ...]:
        """The lines that cannot be served in full."""
        return tuple(line for line in self.lines if line.is_short)


@dataclass(frozen=True, slots=True)
class DeliveryMethod:
    """A way to deliver the basket to its address; `price` is with the chosen options.

    `due` is what would be left to pay with it, `arrival` when it would come, if that is known.
    """

    id: int
    name: str
    price: Money
    due: Money
    arrival: Arrival | None


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """A line of a placed order; `url` is the product's page, "" if it is not shown any more.

    `buyable` is the variant's id while it can be bought again.
    """

    name: str
    option: str
    quantity: int
    unit_price: Money
    total: Money
    url: str = ""
    buyable: int | None = None


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order that holds its stock until it is paid, or until `until`.

    `processing`: its bank payment is on its way, and the customer has nothing to do.
    """

    number: str
    token: UUID
    until: datetime | None
    processing: bool = False


OrderState = Literal[
    "paid",
    "partly_sent",
    "sent",
    "waiting",
    "processing",
    "released",
    "cancelled",
    "refunded",
    "checking",
]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that happened to an order, in plain words; `amount` is money that went back."""

    at: datetime
    text: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel that left; `tracking_url` is set where staff gave an address as its number."""

    sent_at: datetime
    tracking_number: str
    tracking_url: str


@dataclass(frozen=True, slots=True)
class GiftCardEntry:
    """Money that went back to the gift card whose code ends with `ending`."""

    ending: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """Money that goes back to the customer.

    `amount` to how it was paid, `arrived` once the provider has sent it; `to_cards` is on gift
    cards again. `credit_note` is its number, "" before it is booked.
    """

    at: datetime
    amount: Money
    arrived: bool
    to_cards: tuple[GiftCardEntry, ...] = ()
    credit_note: str = ""
    number: int | None = None

    @property
    def total(self) -> Money:
        """All that goes back by this refund."""
        return sum((card.amount for card in self.to_cards), self.amount)


@dataclass(frozen=True, slots=True)
class Replacement:
    """The order that sends other sizes for what came back; `due` is what it costs.

    `state` is "to_pay", "ended" (nothing is sent), or "" where all goes its way.
    """

    number: str
    state: Literal["to_pay", "ended", ""]
    due: Money


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return as its customer sees it.

    `lines` are name, pieces and the size wanted in exchange, or "".
    """

    number: int
    state: str
    text: str
    lines: tuple[tuple[str, int, str], ...]
    replacement: Replacement | None
    is_open: bool
    may_be_withdrawn: bool


@dataclass(frozen=True, slots=True)
class OrderReturns:
    """The returns of an order, oldest first, and whether its customer can send something back.

    `replaces` is the number of the order whose returned pieces this one replaces, and `again_for`
    that of the order of which it sends something once more; else "".
    """

    all: tuple[ReturnView, ...]
    may_send_back: bool
    replaces: str
    again_for: str

    @property
    def is_replacement(self) -> bool:
        """Whether the order only makes good for another one."""
        return bool(self.replaces or self.again_for)

    @property
    def open(self) -> ReturnView | None:
        """The return that nobody has looked at yet."""
        return next((view for view in self.all if view.is_open), None)


@dataclass(frozen=True, slots=True)
class Collection:
    """Where a parcel is collected; `last_day` is set while one waits there and it is known."""

    name: str
    hours: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class GiftCardView:
    """The gift card of an order, as its buyer sees it; never its code.

    `ending` is "" before it is paid. `recipient` is empty for a card to print, and some time after
    it was sent. `stands` says that it was not given back. `refund_refusal` says why its buyer
    cannot do that by themselves.
    """

    by_email: bool
    recipient: str
    not_before: date | None
    sent: bool
    ending: str
    stands: bool
    refund_refusal: str

    @property
    def may_be_printed(self) -> bool:
        """Whether the buyer is the one who may see the code."""
        return bool(self.ending) and not self.by_email

    @property
    def may_be_sent(self) -> bool:
        """Whether it can be sent once more, or to another address."""
        return self.stands and self.by_email and bool(self.ending and self.recipient)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A placed order as its customer sees it.

    `waiting`: held, not paid. `processing`: the bank payment is on its way. `released`: ended
    without a payment. `cancelled`: it had been paid. `refunded`: it was sent, and all its money
    went back. `checking`: money came, staff must look. `held_until` is set while it waits.
    `parcel_lines` is what the label says, which may be another place than `address`. `was_paid`
    stays true when the money went back. `expected` is when the parcel should come, while it is
    still to come and somebody knows. `collection` is set for a parcel that goes to a collection
    point. `reported` is what the carrier told last:
    ready_to_collect, delivered or nothing. `cancel_refusal` says why it cannot be cancelled (any
    more), and `change_refusal` why its delivery choices cannot be changed. `invoice` is its number,
    or "" where there is none. `by_staff`: somebody of the shop placed it for its customer.
    `gift_card` is set where that is what was bought.
    """

    id: int
    number: str
    token: UUID
    state: OrderState
    placed_at: datetime
    held_until: datetime | None
    lines: tuple[OrderLineView, ...]
    totals: Totals
    address: PostalAddress | None
    parcel_lines: tuple[str, ...]
    guides: tuple[GuideLink, ...]
    contract: Contract | None
    history: tuple[HistoryEntry, ...]
    parcels: tuple[Parcel, ...]
    refund_entries: tuple[RefundEntry, ...]
    was_paid: bool
    expected: Arrival | None
    collection: Collection | None
    reported: str
    cancel_refusal: str
    change_refusal: str
    returns: OrderReturns
    invoice: str
    by_staff: bool
    gift_card: GiftCardView | None = None

    @property
    def total(self) -> Money:
        """What was to be paid, less what gift cards paid."""
        return self.totals.due

    @property
    def goes_by_bank(self) -> bool:
        """Say whether any of a refund goes elsewhere than to gift cards."""
        return any(refund.amount.amount for refund in self.refund_entries)

    @property
    def buyable(self) -> dict[int, int]:
        """The pieces of this order that can be bought again, by variant."""
        pieces: dict[int, int] = {}
        for line in self.lines:
            if line.buyable and line.quantity:
                pieces[line.buyable] = pieces.get(line.buyable, 0) + line.quantity
        return pieces

    @property
    def may_arrive(self) -> bool:
        """Say whether what was bought has come or may still come: then its guides are of use."""
        return self.state not in {"waiting", "processing", "released", "cancelled"}


@dataclass(frozen=True, slots=True)
class SeenLabel:
    """A label that was printed, and whether it says what was promised."""

    at: datetime
    drawing: SafeString
    as_promised: bool
    destroyed: bool


@dataclass(frozen=True, slots=True)
class SeenEmail:
    """The outside of an e-mail that was sent, and what was promised where that differs."""

    at: datetime | None
    seen: dict[str, str]
    promised: dict[str, str]


@dataclass(frozen=True, slots=True)
class WhatOthersSaw:
    """What went out of an order's life: labels, e-mails, and what the payment service was told."""

    labels: tuple[SeenLabel, ...]
    mails: tuple[SeenEmail, ...]
    told: dict[str, str]
