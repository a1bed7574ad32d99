"""Rules of the dashboard. Pure: each returns whether something is allowed and, if not, why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from product_content.decisions import ALLOWED, Decision, refused

_WEEK = 7


class PaymentState:
    """How an order is paid, in the words that staff see."""

    PAID = "Paid"
    WAITING = "Waiting"
    PARTLY_REFUNDED = "Partly refunded"
    REFUNDED = "Refunded"
    NONE = "Not paid"


def payment_state(*, settled: bool, back: bool, kept: bool, cancelled: bool) -> str:
    """Return how an order is paid, in a word.

    `settled`: all was taken once; `back`: some money went back; `kept`: some is still ours, of a
    payment or of a gift card. What was closed or cancelled is no more refunded than its money is.
    """
    if back:
        return PaymentState.PARTLY_REFUNDED if kept else PaymentState.REFUNDED
    if settled:
        return PaymentState.PAID
    return PaymentState.NONE if cancelled else PaymentState.WAITING


def may_publish(
    *,
    is_of_our_kind: bool,
    has_texts: bool,
    has_card: bool,
    has_variants: bool,
    names_sizes: bool,
    claims_too_much: str = "",
) -> Decision:
    """Say whether a product may be shown to customers; the reason names all that is missing."""
    needs = (
        (is_of_our_kind, "its category has no place in the shop"),
        (has_texts, "its texts are not written"),
        (has_card, "its safety card is not complete"),
        (has_variants, "it has nothing to sell yet (no variant)"),
        (names_sizes, "it does not name its sizes"),
        (not claims_too_much, claims_too_much),
    )
    return Decision(all(met for met, _ in needs), "; ".join(lack for met, lack in needs if not met))


def may_manage_staff(*, manager: Iterable[str], other: Iterable[str]) -> Decision:
    """Say whether staff with the permissions `manager` may change someone who has `other`."""
    if set(other) - set(manager):
        return refused("They may do more than you may.")
    return ALLOWED


def may_claim(*, holder: str, since: str, take_over: bool) -> Decision:
    """Say whether somebody may begin to pack; `holder` is the colleague who does, or ""."""
    if holder and not take_over:
        return refused(f"{holder} has been packing this order since {since}.")
    return ALLOWED


def may_add_piece(*, typed: str, in_order: bool, is_missing: bool) -> Decision:
    """Say whether the piece with the SKU `typed` belongs into the parcel."""
    if not typed:
        return refused("The scanner sent nothing. Scan the piece again.")
    if not in_order:
        return refused(f"“{typed}” is not in this order. Put it back into its bin.")
    if not is_missing:
        return refused(f"That is one “{typed}” too many. Put it back into its bin.")
    return ALLOWED


def may_close_parcel(
    *, problem: str, all_ticked: bool, missing: int, partly: bool, held: str = ""
) -> Decision:
    """Say whether a parcel may leave, of which `missing` pieces are not counted in yet.

    `held` is the day until which it has to stay here, in words, or "".
    """
    if problem:
        return refused(problem)
    if held:
        return refused(
            f"Its customer does not want it earlier: it leaves on {held}. Put it aside until then."
        )
    if missing > 0 and not partly:
        pieces = "1 piece is" if missing == 1 else f"{missing} pieces are"
        return refused(f"{pieces} still missing. Scan what is missing, or say you send a part.")
    if not all_ticked:
        return refused("Look at the list, and tick it.")
    return ALLOWED


def earliest_on_time_day(*, today: date, weekdays: Collection[int]) -> date:
    """Return the first day of which the paid orders may still be here today without being late.

    It is the working day before today: an order leaves at the latest on the working day after it
    was paid, because the quickest delivery on offer comes on the next one. `weekdays` are those on
    which carriers work, Monday being 0.
    """
    days = (today - timedelta(days=back) for back in range(1, _WEEK + 1))
    return next((day for day in days if day.weekday() in weekdays), today)


_MAX_VIEWS = 20  # of one person on one list: more would push the list off the screen
_MAX_QUERY_LENGTH = 500  # what the table holds


def may_save_view(*, query: str, known: int) -> Decision:
    """Say whether a person with `known` views of a list may keep one more, of this query."""
    if not query:
        return refused("There is nothing to keep: choose a filter or an order first.")
    if len(query) > _MAX_QUERY_LENGTH:
        return refused("These are too many filters to keep.")
    if known >= _MAX_VIEWS:
        return refused(f"You have {_MAX_VIEWS} views of this list. Drop one you do not use.")
    return ALLOWED


def may_delete_view(*, is_own: bool, manages_staff: bool) -> Decision:
    """Say whether somebody may delete a view that they see; a manager may delete shared ones."""
    if not (is_own or manages_staff):
        return refused("Only the colleague who shared this view, or a manager, may drop it.")
    return ALLOWED
