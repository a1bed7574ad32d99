"""Rules without side effects: each returns a Decision."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.utils.translation import gettext, gettext_lazy
from prices import Money

from product_content.decisions import ALLOWED, Decision, refused
from product_content.money import format_money


def price_fits(price: Money, minimum: Money | None, maximum: Money | None) -> Decision:
    """Say whether a delivery method's price range holds `price`; None is no bound.

    The reason is for the customer, as is that of `weight_fits`.
    """
    if minimum is not None and price < minimum:
        text = gettext("It is for items worth at least %(bound)s, and yours come to %(price)s.")
        return refused(text % {"bound": format_money(minimum), "price": format_money(price)})
    if maximum is not None and price > maximum:
        text = gettext("It is for items worth at most %(bound)s, and yours come to %(price)s.")
        return refused(text % {"bound": format_money(maximum), "price": format_money(price)})
    return ALLOWED


def weight_fits(grams: float, minimum: float | None, maximum: float | None) -> Decision:
    """Say whether a delivery method's weight range holds `grams`; None is no bound."""
    if minimum is not None and grams < minimum:
        return refused(gettext("What you chose is too light for it."))
    if maximum is not None and grams > maximum:
        return refused(gettext("What you chose is too heavy for it."))
    return ALLOWED


CARD_OFF, CARD_NOT_BEGUN, CARD_ENDED = "off", "not_begun", "ended"


class Card(Protocol):
    """A gift card, such as Saleor's; it can be spent on both of its days as well."""

    is_active: bool
    start_date: date
    end_date: date | None


def card_may_pay(card: Card, today: date) -> Decision:
    """Say whether a gift card can be spent, whatever is on it.

    The reason is a code: customers and staff read different words.
    """
    if not card.is_active:
        return refused(CARD_OFF)
    if card.start_date > today:
        return refused(CARD_NOT_BEGUN)
    if card.end_date is not None and card.end_date < today:
        return refused(CARD_ENDED)
    return ALLOWED


def total_payable(*, total: Money, minimum: Money) -> Decision:
    """Say whether the provider, whose smallest charge is `minimum`, can take `total`.

    A zero total is never charged. The reason is for the customer.
    """
    if total.amount == 0 or total >= minimum:
        return ALLOWED
    return refused(
        gettext(
            "%(total)s would be left to pay, and a card payment cannot be smaller than %(least)s. "
            "Please add something to your basket, or take your code out. Nothing was charged."
        )
        % {"total": format_money(total), "least": format_money(minimum)}
    )


def payment_settles(
    *, due: Money, amount: Money, cancelled: bool, settled: bool, named: bool = True
) -> Decision:
    """Say whether a payment of `amount` pays an order on which `due` is due.

    `cancelled`: the order was released; `settled`: it was paid before; `named`: the provider
    names this order, and no other. The reason is a code that is kept with the order for staff.
    What pays for nothing whatever its amount comes first: it is given back by itself.
    """
    if cancelled:
        return refused("paid_after_release")
    if settled:
        return refused("paid_twice")
    if not named:
        return refused("wrong_order")
    if amount.currency != due.currency:
        return refused("wrong_currency")
    if amount != due:
        return refused("wrong_amount")
    return ALLOWED


def may_cancel(*, sent: bool, packing: bool, disputed: bool, for_staff: bool = False) -> Decision:
    """Say whether an order that stands can still be cancelled.

    `sent`: something of it has left. `disputed`: the bank holds its money back, so that it
    cannot be given back a second time. The reason is for the customer, or with `for_staff` for
    whoever of the shop looks at it.
    """
    if sent:
        return refused(_STAFF_SENT if for_staff else str(_CUSTOMER_SENT))
    if packing:
        return refused(_STAFF_PACKING if for_staff else str(_CUSTOMER_PACKING))
    if disputed:
        return refused(_STAFF_DISPUTED if for_staff else str(_CUSTOMER_DISPUTED))
    return ALLOWED


_CUSTOMER_SENT = gettext_lazy(
    "Your parcel is on its way, so the order cannot be cancelled any more."
)
_CUSTOMER_PACKING = gettext_lazy(
    "We have begun to pack your parcel, so the order cannot be cancelled now."
)
_CUSTOMER_DISPUTED = gettext_lazy("Your bank is looking into this payment. Please write to us.")
_STAFF_SENT = "Something of it has left, so it cannot be cancelled. Refund it, or take a return."
_STAFF_PACKING = "Somebody has begun to pack it. Put the parcel back first, or refund it."
_STAFF_DISPUTED = (
    "The customer's bank is looking into its payment, or took it back, so cancelling would pay the "
    "money a second time. Once the dispute is lost it can be closed."
)


def may_resolve(
    *, flagged: bool, disputed: bool, lost: bool, sent: bool, unapplied: bool
) -> Decision:
    """Say whether staff may take away that an order needs attention; the reason is for staff.

    `disputed`: the bank still looks; `lost`: it took the money back; `unapplied`: there is
    money that pays for nothing, as of a wrong amount.
    """
    if not flagged:
        return refused("Nothing of this order needs attention.")
    if disputed:
        return refused("The bank still looks into its payment. The mark goes when that is over.")
    if lost and not sent:
        return refused("The bank took its money back, so it must not be sent: the mark stays.")
    if unapplied:
        return refused("Money is here that does not pay for it. Give that back first.")
    return ALLOWED


def refund_allowed(*, amount: Money, left: Money, disputed: bool, costs_nothing: bool) -> Decision:
    """Say whether `amount` can be given back of an order of which `left` is still ours.

    `disputed`: the bank holds the money, or took it back. Only pieces that cost nothing
    (`costs_nothing`) are refunded with nothing.
    """
    if disputed:
        return refused(
            "the customer's bank is looking into the payment, or took it back already, so a "
            "refund would fail or pay twice"
        )
    if amount.currency != left.currency:
        return refused("the payment was in another currency")
    if amount.amount < 0 or (amount.amount == 0 and not costs_nothing):
        return refused("the amount must be above zero")
    if amount > left:
        return refused(f"only {left.amount} {left.currency} of the payment is left")
    return ALLOWED


def line_refund_allowed(*, wanted: int, ordered: int, refunded: int) -> Decision:
    """Say whether `wanted` more pieces of an order line can be refunded."""
    if wanted <= 0:
        return refused("the quantity must be above zero")
    if wanted > ordered - refunded:
        return refused(f"only {ordered - refunded} of {ordered} pieces are not refunded yet")
    return ALLOWED


def may_close(*, is_open: bool, disputed: bool, lost: bool, refunded: bool) -> Decision:
    """Say whether staff may close an order without its money; the reason is for staff.

    `disputed`: a bank still looks into a payment; `lost`: it took the money back; `refunded`: all
    of it went back, and pieces were not sent.
    """
    if not is_open:
        return refused("Nothing of it is to be sent any more.")
    if disputed:
        return refused("The bank still looks into its payment.")
    if not lost and not refunded:
        return refused("Its money is here. Cancel it, or refund it.")
    return ALLOWED


def pieces_are_named(*, wanted: int, which: str, there: int, mixed: bool) -> Decision:
    """Say whether it is clear which pieces of a line are to be refunded.

    `which`: the place that was named, "" for none, and `there` how many are in it; `mixed`: some
    pieces were sent and others were not.
    """
    if not which and mixed:
        return refused("say which are meant: not sent, sent, or come back")
    if which and wanted > there:
        return refused(f"only {there} of the pieces left are: {which.lower()}")
    return ALLOWED


def may_fulfil(*, paid: bool, cancelled: bool, flagged: bool, wanted: int, left: int) -> Decision:
    """Say whether `wanted` pieces of an order may leave; the reason is for who packs it.

    `flagged`: somebody has to look at it first. `left`: pieces that are neither sent nor refunded.
    """
    if cancelled:
        return refused("This order was cancelled. Put the pieces back.")
    if not paid:
        return refused("This order is not paid. It cannot leave.")
    if flagged:
        return refused("Someone has to look at this order first. Do not send it.")
    if wanted <= 0:
        return refused("There is nothing in the parcel yet.")
    if wanted > left:
        return refused(f"Only {left} of these are still to be sent.")
    return ALLOWED
