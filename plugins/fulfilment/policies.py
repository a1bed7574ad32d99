"""Which state may follow which, one table per noun; and what else staff and customers may do.

Pure: each function returns a Decision, whose reason is in words for whoever asks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext
from prices import Money

from plugins.fulfilment.models import JobState, ReturnReason, ReturnState, ShipmentState
from product_content.decisions import ALLOWED, Decision, Refused, refused

JOB_STEPS: Mapping[str, Collection[str]] = {
    "": {JobState.PACKING},
    JobState.PACKING: {JobState.PACKING, JobState.SET_ASIDE, JobState.SENT},  # a colleague's then
    JobState.SET_ASIDE: {JobState.PACKING},
    JobState.SENT: set(),
}
SHIPMENT_STEPS: Mapping[str, Collection[str]] = {
    "": {ShipmentState.SENT},
    ShipmentState.SENT: {ShipmentState.READY, ShipmentState.DELIVERED},
    ShipmentState.READY: {ShipmentState.DELIVERED},
    ShipmentState.DELIVERED: set(),
}
# "" is no open return. What arrived is looked at, in one go or in several.
RETURN_STEPS: Mapping[str, Collection[str]] = {
    "": {
        ReturnState.ANNOUNCED, ReturnState.EXPECTED, ReturnState.ARRIVED, ReturnState.INSPECTED,
    },
    ReturnState.ANNOUNCED: {
        ReturnState.EXPECTED, ReturnState.ARRIVED, ReturnState.INSPECTED, ReturnState.WITHDRAWN,
    },
    ReturnState.EXPECTED: {ReturnState.ARRIVED, ReturnState.INSPECTED, ReturnState.WITHDRAWN},
    ReturnState.ARRIVED: {ReturnState.ARRIVED, ReturnState.INSPECTED},
    ReturnState.INSPECTED: {ReturnState.CLOSED},
    ReturnState.CLOSED: set(),
    ReturnState.WITHDRAWN: set(),
}  # fmt: skip


def may_follow(table: Mapping[str, Collection[str]], *, now: str, wanted: str) -> bool:
    """Say whether `wanted` may follow the state `now`; "" is before the first."""
    return wanted in table[now]


def may_change_return(*, now: str, wanted: str, out: int) -> Decision:
    """Say whether a return may go from the state `now` to `wanted`; the reason is for staff.

    "" is no open return; `out` pieces are with the customer.
    """
    if wanted == ReturnState.WITHDRAWN and not may_follow(RETURN_STEPS, now=now, wanted=wanted):
        return refused(gettext("No return is expected."))
    if not now and out <= 0:
        return refused("Nothing of this order is with the customer.")
    if not may_follow(RETURN_STEPS, now=now, wanted=wanted):
        return refused("A return is noted already. Look at its pieces.")
    return ALLOWED


def may_announce(*, now: str, wanted: int, out: int) -> Decision:
    """Say whether a customer may announce `wanted` pieces of a line of which `out` are theirs.

    `now` is the state of the order's open return. The reason is for the customer.
    """
    if now:
        return refused(gettext("You have told us of a return already. Take that back first."))
    if wanted <= 0:
        return refused(gettext("Please say what you want to send back."))
    if wanted > out:
        return refused(gettext("You have fewer of these than you want to send back."))
    return ALLOWED


OUR_FAULT = (ReturnReason.DAMAGED, ReturnReason.WRONG)


def may_send_back(*, reason: str, sealed: bool | None, in_time: bool) -> Decision:
    """Say whether pieces may be announced for this reason; the refusal is for the customer.

    What is faulty or wrong always may. Else it needs no reason within the legal time, and must be
    sealed: regulation 28(3)(a) of the Consumer Contracts Regulations 2013 exempts what hygiene
    forbids to take back once it was opened. `sealed` is None where nobody asked.
    """
    if reason in OUR_FAULT:
        return ALLOWED
    if not in_time:
        return refused(
            gettext(
                "The time in which you need no reason is over. If something is faulty or not what "
                "you ordered, choose that reason; for anything else, please answer one of our "
                "e-mails."
            )
        )
    if sealed is False:
        return refused(
            gettext(
                "What was opened cannot come back, for hygiene, unless it is faulty or not what "
                "you ordered."
            )
        )
    return ALLOWED


def may_exchange(*, wanted: int, left: int) -> Decision:
    """Say whether `wanted` pieces of another size, of which so many are `left`, may be had.

    The reason is for the customer; staff read it too.
    """
    if left < wanted:
        return refused(
            gettext(
                "There are not enough of this size left. Please choose another one, or your money "
                "back."
            )
        )
    return ALLOWED


def is_as_shown(shown: Decimal | None, now: Money) -> Decision:
    """Say whether a size costs what the customer was shown; None where nobody was shown it."""
    if shown is None or shown == now.amount:
        return ALLOWED
    return refused(
        gettext(
            "The price of this size has just changed. Please look at the new difference, and "
            "choose again."
        )
    )


def may_agree_exchange(*, inspected: bool, replaced: bool, pieces: int) -> Decision:
    """Say whether staff may send other sizes for `pieces` that came back and were not refunded."""
    if replaced:
        return refused("Its replacement was ordered before.")
    if not inspected:
        return refused("Look at what came back first.")
    if pieces <= 0:
        return refused("The customer wants nothing in exchange, or it was refunded.")
    return ALLOWED


def may_send_again(*, wanted: Mapping[int, int], left: Mapping[int, int], paid: bool) -> Decision:
    """Say whether so many pieces of each line may be sent once more, without charge."""
    if not paid:
        return refused("This order was not paid: there is nothing to send again.")
    if not any(wanted.values()):
        return refused("Say how many pieces are to be sent again.")
    if any(pieces > left.get(line, 0) for line, pieces in wanted.items()):
        return refused(
            "So many are not with the customer, or some were refunded or sent again before."
        )
    return ALLOWED


def may_return(*, wanted: int, out: int) -> Decision:
    """Say whether `wanted` pieces of a line, of which `out` are with the customer, can be back."""
    if wanted <= 0:
        return refused("the quantity must be above zero.")
    if wanted > out:
        return refused(f"only {out} were sent and are not back yet.")
    return ALLOWED


def may_restock(*, sealed: bool, sound: bool) -> Decision:
    """Say whether a returned piece may be sold again. Hygiene: an opened one never is."""
    if not sealed:
        return refused("it was opened, and what was opened is never sold again.")
    if not sound:
        return refused("it is damaged.")
    return ALLOWED


def may_report(*, states: Collection[str], wanted: str, is_collection: bool) -> Decision:
    """Say whether staff may note what the carrier told them of parcels in these states."""
    if not states:
        return refused("Nothing has left yet.")
    if wanted == ShipmentState.READY and not is_collection:
        return refused("This order goes to an address, not to a collection point.")
    if not any(may_follow(SHIPMENT_STEPS, now=now, wanted=wanted) for now in states):
        return refused("That was noted before, and the customer was told.")
    return ALLOWED


def may_review(*, out: int, cancelled: bool) -> Decision:
    """Say whether the customer has pieces of a line (`out`), and so may say how they are."""
    if cancelled or out <= 0:
        return refused(gettext("Nothing of this is with you."))
    return ALLOWED


class Problem(NamedTuple):
    """What is wrong with a field, in words for whoever filled it in."""

    field: str
    reason: str


_WORD = re.compile(r"[^\W\d_]{2,}")
_ADDRESS = re.compile(r"\S@\S|https?:|www\.|(?:\+|\b0)\d[\d ()/-]{5,}\d", re.IGNORECASE)


def review_problem(name: str, text: str, *, known: Iterable[str]) -> Problem | None:
    """Return what would tell others who wrote a review, None if nothing does.

    `known` are the names and e-mail addresses of its writer. A chosen name may share no word with
    them; neither may hold an e-mail address, a web address or a telephone number.
    """
    if _ADDRESS.search(name) or _words(name) & _words(" ".join(known)):
        words = gettext(
            "This is a part of your own name or address. Choose another name, or leave it empty."
        )
        return Problem("name", words)
    if _ADDRESS.search(text):
        return Problem("text", gettext("Leave out addresses and telephone numbers."))
    return None


def _words(text: str) -> set[str]:
    """Return the words of a text without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return set(_WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


class ExchangeRefused(Refused):
    """Other sizes cannot be sent for what came back; the reason is for staff and customers."""


class FulfilRefused(Refused):
    """A parcel cannot leave; the reason is for staff."""


class PackingRefused(Refused):
    """An order cannot be packed, or not by this person; the reason is for the packer."""


class ReportRefused(Refused):
    """What the carrier told cannot be noted; the reason is for staff."""


class ReturnRefused(Refused):
    """A return cannot be noted; the reason is for whoever notes it."""


class ReviewRefused(Refused):
    """A review that cannot be kept or published; `field` names what is to be changed, or is ""."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field
